//! Cursors: where a page ended, sealed so that only this store can have written it, for this search and tenant.

use crate::compiler::Compiled;
use crate::tenant::TenantContext;
use fhirc_codegen::program::After;
use fhirc_codegen::rows::Value;
use hmac_sha256::HMAC;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The secret that seals cursors. Cursors of one key are worth nothing under another.
#[derive(Clone, PartialEq, Eq)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// A key from 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> CursorKey {
        CursorKey(bytes)
    }

    /// The cursor for what comes after `after`.
    pub(super) fn seal(&self, after: &After, search: &Compiled, tenant: &TenantContext) -> String {
        let keys = after.keys.iter().map(|key| key.as_ref().map(Plain::of)).collect();
        self.seal_place(&Place { ord: after.ord, keys }, search, tenant)
    }

    /// What a cursor stands for.
    pub(super) fn open(&self, cursor: &str, search: &Compiled, tenant: &TenantContext) -> Result<After, InvalidCursor> {
        let place: Place = self.open_place(cursor, search, tenant)?;
        let keys: Vec<_> = place.keys.into_iter().map(|key| key.map(Plain::value)).collect();
        if keys.len() != search.search.order.len() {
            return Err(InvalidCursor::Foreign);
        }
        Ok(After { keys, ord: place.ord })
    }

    /// The cursor for a place in whatever form.
    pub(super) fn seal_place(&self, place: &impl Serialize, search: &Compiled, tenant: &TenantContext) -> String {
        // A struct of numbers and texts always has a JSON form.
        let bound = Bound { place, definitions: self.definitions(search) };
        let mut bytes = serde_json::to_vec(&bound).unwrap_or_default();
        bytes.extend(self.seal_of(&bytes, search, tenant));
        data_encoding::BASE64URL_NOPAD.encode(&bytes)
    }

    /// The place that a cursor stands for.
    pub(super) fn open_place<P: DeserializeOwned>(
        &self,
        cursor: &str,
        search: &Compiled,
        tenant: &TenantContext,
    ) -> Result<P, InvalidCursor> {
        let bytes = data_encoding::BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| InvalidCursor::Foreign)?;
        let (place, seal) =
            bytes.len().checked_sub(SEAL).and_then(|at| bytes.split_at_checked(at)).ok_or(InvalidCursor::Foreign)?;
        if !same(&self.seal_of(place, search, tenant), seal) {
            return Err(InvalidCursor::Foreign);
        }
        let bound: Bound<P> = serde_json::from_slice(place).map_err(|_| InvalidCursor::Foreign)?;
        if bound.definitions != self.definitions(search) {
            return Err(InvalidCursor::OtherDefinitions);
        }
        Ok(bound.place)
    }

    /// What the definitions behind the search come to: a store never gives the number of a parameter to another.
    fn definitions(&self, search: &Compiled) -> u64 {
        let mut mac = HMAC::new(self.0);
        for (param, _) in search.search.params() {
            mac.update([param.ty().code()]);
            mac.update(param.slot().to_le_bytes());
        }
        mac.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// Bound to the text of the search, to how it was read, and to all that its meaning depends on but the clock, which
    /// goes on between two pages.
    fn seal_of(&self, place: &[u8], search: &Compiled, tenant: &TenantContext) -> [u8; SEAL] {
        let env = &search.search.env;
        let mut mac = HMAC::new(self.0);
        let bases: Vec<&str> = env.bases.iter().map(|base| base.as_str()).collect();
        let handling = search.handling.name();
        let (zone, fold, bases) = (env.zone.to_string(), env.fold.to_string(), bases.join(" "));
        let bound = [tenant.name(), search.query.as_str(), &zone, env.fhir.name(), &bases, &fold, handling];
        for text in bound {
            mac.update(text.len().to_le_bytes());
            mac.update(text.as_bytes());
        }
        mac.update(place);
        mac.finalize()
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(..)")
    }
}

/// Bytes of the seal.
const SEAL: usize = 32;

/// Compares without telling by its time where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |found, (a, b)| found | (a ^ b)) == 0
}

/// Why a text is no cursor of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidCursor {
    /// It is not one of this search, tenant and store.
    Foreign,
    /// It was one, but parameters of the search have been changed since.
    OtherDefinitions,
}

impl fmt::Display for InvalidCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InvalidCursor::Foreign => "the cursor is not one of this search, tenant and store",
            InvalidCursor::OtherDefinitions => {
                "the cursor is from before parameters of this search were changed; begin with the first page again"
            }
        })
    }
}

impl std::error::Error for InvalidCursor {}

#[derive(Serialize, Deserialize)]
struct Place {
    #[serde(rename = "o")]
    ord: i64,
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<Option<Plain>>,
}

/// A place, and what its search means.
#[derive(Serialize, Deserialize)]
struct Bound<P> {
    #[serde(rename = "p")]
    place: P,
    #[serde(rename = "d")]
    definitions: u64,
}

/// A sort value. Other kinds of values do not sort.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Plain {
    Int(i64),
    Text(String),
}

impl Plain {
    fn of(value: &Value) -> Plain {
        match value {
            Value::Int(number) => Plain::Int(*number),
            Value::Text(text) => Plain::Text(text.clone()),
            other => Plain::Text(format!("{other:?}")),
        }
    }

    fn value(self) -> Value {
        match self {
            Plain::Int(number) => Value::Int(number),
            Plain::Text(text) => Value::Text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::{Compiler, Options};

    /// The same search, read strictly.
    fn strict() -> Compiled {
        let options = Options { handling: crate::resolve::Handling::Strict, ..Options::default() };
        Compiler::r4(options).compile("Patient?_sort=family").unwrap()
    }

    /// A cursor opens what it was sealed for, and nothing that may mean something else.
    #[test]
    fn a_cursor_is_bound_to_the_meaning_of_its_search() {
        let key = CursorKey::new([7; 32]);
        let compile = |query: &str| Compiler::r4(Options::default()).compile(query).unwrap();
        let tenant = TenantContext::default();
        let search = compile("Patient?_sort=family");
        let after = After { keys: vec![Some(Value::Text("smith".to_owned()))], ord: 5 };
        let cursor = key.seal(&after, &search, &tenant);
        assert_eq!(key.open(&cursor, &search, &tenant), Ok(after));
        let changed = |change: &dyn Fn(&mut Compiled)| {
            let mut other = search.clone();
            change(&mut other);
            key.open(&cursor, &other, &tenant)
        };
        assert_eq!(
            changed(&|other| other.search.env.now = crate::values::Instant(1)),
            key.open(&cursor, &search, &tenant)
        );
        let meanings: [&dyn Fn(&mut Compiled); 4] = [
            &|other| other.search.env.fold += 1,
            &|other| other.search.env.zone = "+02:00".parse().unwrap(),
            &|other| other.search.env.bases.push(crate::ir::BaseUrl::new("http://a")),
            &|other| other.handling = strict().handling,
        ];
        for change in meanings {
            assert_eq!(changed(change), Err(InvalidCursor::Foreign));
        }
        assert_eq!(key.open(&cursor, &compile("Patient?_sort=given"), &tenant), Err(InvalidCursor::Foreign));
        assert_eq!(key.open(&cursor, &search, &TenantContext::new("other").unwrap()), Err(InvalidCursor::Foreign));
        assert_eq!(CursorKey::new([8; 32]).open(&cursor, &search, &tenant), Err(InvalidCursor::Foreign));
    }
}
