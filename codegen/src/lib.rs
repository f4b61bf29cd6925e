//! Set algebra in, target queries out.
