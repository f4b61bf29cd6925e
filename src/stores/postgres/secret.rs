//! The secret of a store, made once and kept with it.

use super::PostgresStore;
use super::sql::{execute, row};
use crate::stores::StoreError;

/// Made by the server's strong generator, 244 random bits, spread over 32 bytes.
const MAKE: &str = "INSERT INTO meta (name, value) SELECT 'secret', \
    upper(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex')) ON CONFLICT DO NOTHING";

impl PostgresStore {
    /// 32 random bytes that only this store has. They seal its cursors.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn secret(&self) -> Result<[u8; 32], StoreError> {
        if let Some(secret) = self.shared.secret.get() {
            return Ok(*secret);
        }
        let read = |link: super::link::Link| async {
            let read = async {
                let select = "SELECT value FROM meta WHERE name = 'secret'";
                if let Some(row) = row(&*link, select, &[]).await? {
                    return row.try_get::<_, String>(0).map(Some);
                }
                execute(&*link, MAKE, &[]).await?;
                row(&*link, select, &[]).await?.map(|row| row.try_get(0)).transpose()
            };
            let read = read.await.map_err(StoreError::postgres("reading the secret of the store"));
            link.settled(read)
        };
        let hex: Option<String> = self.shared.links.read(read).await?;
        let bytes = hex.and_then(|hex| data_encoding::HEXUPPER.decode(hex.as_bytes()).ok());
        let secret = bytes.and_then(|bytes| bytes.try_into().ok());
        let corrupt = || StoreError::Corrupt { what: "the secret of the store is not 32 bytes".into() };
        let secret = secret.ok_or_else(corrupt)?;
        Ok(*self.shared.secret.get_or_init(|| secret))
    }
}
