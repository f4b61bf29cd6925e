//! Two resources in a store in memory, and a search with a chain over them.
//!
//! `cargo run --example search`

use fhirc::codegen::rows::TypeCode;
use fhirc::compiler::{Compiler, Options};
use fhirc::definitions::Registry;
use fhirc::runtime::{Request, execute};
use fhirc::stores::{Store, StoreSettings, Write};
use serde_json::{Value, json};
use std::error::Error;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it found")]
async fn main() -> Result<(), Box<dyn Error>> {
    let registry = Arc::new(Registry::r4().clone());
    let settings = StoreSettings { create: true, ..StoreSettings::new(Arc::clone(&registry)) };
    let store = Store::open(&"sqlite::memory:".parse()?, settings).await?;
    let request = Request::default();
    let eve = json!({"resourceType": "Patient", "id": "eve", "name": [{"family": "Smith"}]});
    let pulse = json!({"resourceType": "Observation", "id": "pulse", "subject": {"reference": "Patient/eve"}});
    store.write(&request.tenant, vec![put(&registry, eve)?, put(&registry, pulse)?]).await?;

    let compiler = Compiler::new(registry, Options::default());
    let search = compiler.compile("Observation?subject:Patient.name=smith")?;
    let page = execute(&store, &search, &request, None).await?;
    for found in page.matches {
        println!("{}", found.body);
    }
    Ok(())
}

/// The write that puts a resource under its own type and id.
fn put(registry: &Registry, body: Value) -> Result<Write, Box<dyn Error>> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).ok_or_else(|| format!("no `{name}`"));
    let ty = registry.resource_type(text("resourceType")?).ok_or("no such resource type")?;
    let (ty, id) = (TypeCode(ty.code()), text("id")?.to_owned());
    Ok(Write::Put { ty, id, body, keep_updated: false })
}
