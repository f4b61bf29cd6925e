//! Reading in one transaction: all that makes up an answer is of one state of the database.

use super::link::Link;
use super::query::{Asked, Filled, fill, lower};
use super::{PostgresStore, Shared, build, read};
use crate::definitions::Registry;
use crate::stores::reading::Reading;
use crate::stores::tenants::Tenant;
use crate::stores::{LiveVersion, Slots, Statistics, StoreError, Stored, Tuple};
use crate::tenant::TenantContext;
use fhirc_codegen::capability::Capabilities;
use fhirc_codegen::program::Query;
use fhirc_codegen::rows::TypeCode;
use fhirc_codegen::sql::{Postgres, Sql, Target};
use fhirc_codegen::stats::Found;
use std::sync::Arc;

/// It only reads, so no writer ever makes it fail.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// A transaction that reads for a tenant. Dropped, it stops the statement that runs, and ends.
pub(crate) struct Snapshot<'s> {
    shared: &'s Shared,
    link: Link,
    tenant: Tenant,
}

impl PostgresStore {
    /// Begins to read. A connection that the server has closed is replaced.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub(crate) async fn snapshot(&self, tenant: &TenantContext) -> Result<Snapshot<'_>, StoreError> {
        // A link on which anything fails is dropped, and not used again.
        let begin = |link: Link| async move {
            link.batch_execute(BEGIN).await.map_err(StoreError::postgres("beginning to read"))?;
            Ok(link)
        };
        let link = self.shared.links.read(begin).await?;
        let tenant = self.shared.to_read(&*link, tenant).await?;
        Ok(Snapshot { shared: &self.shared, link, tenant })
    }
}

impl Shared {
    /// A query as it is asked outside a snapshot.
    pub(super) fn asked<'q>(&'q self, query: &'q Query, sql: &'q Sql, filled: &'q [Filled]) -> Asked<'q> {
        let span = query.root_node().map(|root| root.span).unwrap_or_default();
        let (yields, visits, timeout) = (&query.yields, query.visits, self.links.timeout());
        Asked { sql, filled, yields, span, visits, timeout, shapes: &self.shapes, in_snapshot: false }
    }

    /// What rough counts find, in their order.
    pub(super) async fn rough(
        &self,
        link: &Link,
        tenant: Tenant,
        queries: &[Query],
        in_snapshot: bool,
    ) -> Result<Vec<Option<Found>>, StoreError> {
        let mut counts = Vec::with_capacity(queries.len());
        for query in queries {
            let Ok(sql) = lower(query) else {
                counts.push(None);
                continue;
            };
            let filled = fill(&sql, &Slots::new())?;
            let asked = Asked { in_snapshot, ..self.asked(query, &sql, &filled) };
            counts.push(match asked.run(link, tenant).await {
                Ok((found, _)) => found.first().map(Tuple::counted),
                // It looks for rows that are few among many.
                Err(StoreError::Refused { .. } | StoreError::GaveUp | StoreError::Cancelled) => None,
                Err(failed) => return Err(failed),
            });
        }
        Ok(counts)
    }
}

impl Snapshot<'_> {
    async fn timely<T>(&self, read: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        read.await.map_err(|error| self.shared.links.timely(error))
    }

    /// All versions of a resource, the current one first.
    pub(super) async fn history(&self, ty: TypeCode, id: &str) -> Result<Vec<Stored>, StoreError> {
        self.timely(read::history(&*self.link, self.tenant, ty, id)).await
    }

    /// One version of a resource.
    pub(super) async fn read_version(
        &self,
        ty: TypeCode,
        id: &str,
        version: i64,
    ) -> Result<Option<Stored>, StoreError> {
        self.timely(read::read_version(&*self.link, self.tenant, ty, id, version)).await
    }

    /// Ends the transaction. What was read stays true, whatever becomes of the connection.
    pub(crate) async fn end(self) {
        // One that is still within the transaction must not be used by others.
        if self.link.batch_execute("COMMIT").await.is_ok() {
            let _ = self.link.settled(Ok(()));
        }
    }
}

impl Reading for Snapshot<'_> {
    const IS_SNAPSHOT: bool = true;

    fn capabilities(&self) -> Result<Box<dyn Capabilities>, StoreError> {
        Ok(Box::new(Target::<Postgres>::new()))
    }

    fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.shared.held.get().registry)
    }

    async fn refresh(&self) -> Result<Arc<Registry>, StoreError> {
        let read = async {
            let definitions = self.shared.definitions(&*self.link).await?;
            build::measure(&*self.link, &definitions.registry).await?;
            Ok(Arc::clone(&definitions.registry))
        };
        self.timely(read).await
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        self.timely(self.shared.counts(&*self.link, self.tenant)).await
    }

    async fn counts(&self, queries: &[Query]) -> Result<Vec<Option<Found>>, StoreError> {
        self.timely(self.shared.rough(&self.link, self.tenant, queries, true)).await
    }

    async fn run(&self, query: &Query, slots: &Slots, epoch: u32) -> Result<Vec<Tuple>, StoreError> {
        let sql = lower(query)?;
        let filled = fill(&sql, slots)?;
        let asked = Asked { in_snapshot: true, ..self.shared.asked(query, &sql, &filled) };
        let (found, then) = self.timely(asked.run(&self.link, self.tenant)).await?;
        if then == epoch { Ok(found) } else { Err(StoreError::OtherDefinitions) }
    }

    async fn bodies(&self, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        let registry = &self.shared.held.get().registry;
        self.timely(read::bodies(&*self.link, self.tenant, registry, ords)).await
    }

    async fn versions(&self, of: &[(i64, i64)]) -> Result<Vec<LiveVersion>, StoreError> {
        self.timely(read::versions(&*self.link, self.tenant, of)).await
    }

    fn gave_up(&self, search: u128) {
        self.shared.tried.remember(search);
    }

    fn has_given_up(&self, search: impl FnOnce() -> u128) -> bool {
        self.shared.tried.knows(search)
    }
}
