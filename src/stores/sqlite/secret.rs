//! The secret of a store, made once and kept with it.

use super::SqliteStore;
use crate::stores::StoreError;
use rusqlite::Connection;

impl SqliteStore {
    /// 32 random bytes that only this store has. They seal its cursors.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn secret(&self) -> Result<[u8; 32], StoreError> {
        if let Some(secret) = self.shared.secret.get() {
            return Ok(*secret);
        }
        let secret = self.writer.submit(|connection| secret(connection)).await?;
        Ok(*self.shared.secret.get_or_init(|| secret))
    }
}

/// The stored secret; SQLite's own generator, seeded by the operating system, makes it at the first call.
fn secret(connection: &Connection) -> Result<[u8; 32], StoreError> {
    let read = || {
        let make = "INSERT OR IGNORE INTO meta (name, value) VALUES ('secret', hex(randomblob(32)))";
        connection.execute(make, [])?;
        connection.query_row("SELECT value FROM meta WHERE name = 'secret'", [], |row| row.get::<_, String>(0))
    };
    let hex = read().map_err(StoreError::database("reading the secret of the store"))?;
    let bytes = data_encoding::HEXUPPER.decode(hex.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| StoreError::Corrupt { what: "the secret of the store is not 32 bytes".into() })
}
