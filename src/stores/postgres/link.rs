//! Connections: lent from a pool, and given back only when nothing runs in them any more.

use super::fault::unreachable;
use super::place::Place;
use super::sql::{get, row};
use super::tls::{Tls, tls};
use crate::stores::StoreError;
use deadpool_postgres::{Hook, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// The most connections of a store: more than this wait for the processors of the server.
const CONNECTIONS: usize = 16;

/// How long the server may take to hear that a statement is to be stopped.
const CANCEL: Duration = Duration::from_secs(10);

/// Connections to one database.
pub(super) struct Links {
    pub(super) pool: Pool,
    tls: Tls,
    /// How long a statement that reads may take, where that is bounded.
    timeout: OnceLock<Duration>,
}

impl Links {
    /// `made` is told of each new connection: it may lead to another server than those before.
    pub(super) fn new(place: &Place, made: impl Fn() + Send + Sync + 'static) -> Result<Links, StoreError> {
        let config = place.config.clone();
        let connect = config.get_connect_timeout().copied();
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let tls = tls(&place.security)?;
        let pool = Pool::builder(Manager::from_config(config, tls.clone(), recycling))
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .create_timeout(connect)
            .post_create(Hook::sync_fn(move |_, _| {
                made();
                Ok(())
            }))
            .build();
        let failed = |error| StoreError::Failed { doing: "making a pool of connections", source: Box::new(error) };
        Ok(Links { pool: pool.map_err(failed)?, tls, timeout: OnceLock::new() })
    }

    /// A connection. One that the server has closed meanwhile is replaced.
    pub(super) async fn lend(&self) -> Result<Link, StoreError> {
        let object = self.pool.get().await.map_err(unreachable)?;
        Ok(Link { object: Some(object), tls: self.tls.clone() })
    }

    /// Runs a read. One whose connection breaks is run again, once: the server may have been restarted.
    pub(super) async fn read<T, F>(&self, job: impl Fn(Link) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let answer = match job(self.lend().await?).await {
            Err(StoreError::Lost { .. }) => {
                // The others that were open have most likely gone with it.
                self.pool.retain(|_, _| false);
                job(self.lend().await?).await
            }
            answer => answer,
        };
        answer.map_err(|error| self.timely(error))
    }

    /// Asks a connection how long a statement may take: the URL says so, or else the role or the database.
    pub(super) async fn ask_timeout(&self, link: &Link) -> Result<(), StoreError> {
        let select = "SELECT reset_val::bigint FROM pg_settings WHERE name = 'statement_timeout'";
        let asked = row(&**link, select, &[]).await.map_err(StoreError::postgres("opening the store"))?;
        let millis: i64 = asked.map(|row| get(&row, 0)).transpose()?.unwrap_or_default();
        if let Some(millis) = u64::try_from(millis).ok().filter(|millis| *millis > 0) {
            let _ = self.timeout.set(Duration::from_millis(millis));
        }
        Ok(())
    }

    /// How long a statement that reads may take, where that is bounded.
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.timeout.get().copied()
    }

    /// What ended a read: a statement that nobody stopped has taken too long.
    pub(super) fn timely(&self, error: StoreError) -> StoreError {
        match (error, self.timeout()) {
            (StoreError::Cancelled, Some(after)) => StoreError::TimedOut { after },
            (other, _) => other,
        }
    }

    pub(super) fn close(&self) {
        self.pool.close();
    }
}

/// A connection that is in use. Dropped before its work is settled, it stops what runs in it and is not used again.
pub(super) struct Link {
    object: Option<Object>,
    /// What a statement is stopped by is said over a connection of its own.
    tls: Tls,
}

impl Link {
    /// Gives the connection back, with nothing running in it.
    pub(super) fn settled<T>(mut self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        if !matches!(answer, Err(StoreError::Lost { .. } | StoreError::Uncertain)) {
            drop(self.object.take());
        }
        answer
    }
}

/// Why a link is always there: it is taken out by its end alone.
const GONE: &str = "a connection that was given back is used no more";

#[expect(clippy::expect_used, reason = "the link is taken by what consumes it")]
impl Deref for Link {
    type Target = Object;

    fn deref(&self) -> &Object {
        self.object.as_ref().expect(GONE)
    }
}

#[expect(clippy::expect_used, reason = "the link is taken by what consumes it")]
impl DerefMut for Link {
    fn deref_mut(&mut self) -> &mut Object {
        self.object.as_mut().expect(GONE)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        let Ok(runtime) = Handle::try_current() else {
            drop(Object::take(object));
            return;
        };
        let tls = self.tls.clone();
        runtime.spawn(async move {
            // Where the server is gone, so is the statement.
            let _ = timeout(CANCEL, object.cancel_token().cancel_query(tls)).await;
            // Not back into the pool: whoever got it would wait for a statement of somebody else, or meet its
            // cancellation. And its place is not free before: else the server had more to do than the pool allows.
            drop(Object::take(object));
        });
    }
}
