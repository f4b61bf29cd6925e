//! What becomes of a resource when it is written: unchanged, or a new version with its `meta` and index rows.

use super::meta::{Given, given_updated, same_content, set};
use super::packed::{Packed, PackedSet, TooLong, pack};
use super::{Change, InvalidMeta, Write};
use crate::values::{Instant, Zone};
use fhirc_codegen::rows::{KeyId, Row, TypeCode};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The version of a resource that a store holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Current {
    pub(crate) version: i64,
    /// Microseconds since 1970 UTC.
    pub(crate) updated: i64,
    /// `None`: deleted.
    pub(crate) body: Option<String>,
}

/// Index rows by the resource that they belong to: the resource itself, and those that it contains.
/// The rows of each are sorted, each once.
pub(crate) type RowSet = BTreeMap<Owner, Vec<Row>>;

/// Whose rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// The resource that is written.
    Itself,
    /// A resource that it contains, by type and store-wide id (`Observation/1#p`).
    Contained(TypeCode, String),
}

/// What extraction makes of a resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extracted {
    pub(crate) rows: RowSet,
    pub(crate) warnings: Vec<WriteWarning>,
}

/// A value that was stored and is not found by a search as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteWarning {
    /// Which parameter, and what is wrong: the same words for every value of this sort.
    pub reason: String,
    /// Where in the resource.
    pub detail: String,
}

/// Why a version cannot be made.
#[derive(Debug)]
pub(crate) enum VersionError {
    /// The `meta` of the resource that is written.
    Meta(InvalidMeta),
    /// The stored body is not JSON, which no store wrote.
    StoredBody,
    /// Its index rows are too long.
    TooLong,
}

impl From<TooLong> for VersionError {
    fn from(_: TooLong) -> VersionError {
        VersionError::TooLong
    }
}

impl From<InvalidMeta> for VersionError {
    fn from(error: InvalidMeta) -> VersionError {
        VersionError::Meta(error)
    }
}

/// What versions are made with. Equal inputs give equal versions, whichever store they are for.
pub(crate) struct Versioning<'a> {
    pub(crate) extract: &'a (dyn Fn(TypeCode, &Json) -> Extracted + Sync),
    pub(crate) zone: &'a Zone,
    pub(crate) now: Instant,
    pub(crate) keeps: Keeps,
}

/// How a store keeps rows, and so which of them a write tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// By themselves: a write tells the rows that go and those that come.
    Rows,
    /// With the resource, in one document: a write tells all rows of the new version, and who has no rows any more.
    #[cfg_attr(not(feature = "elasticsearch"), expect(dead_code, reason = "no store of this build keeps documents"))]
    Documents,
}

/// A write, thought through against the version that it replaces.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) ty: TypeCode,
    pub(crate) id: String,
    /// `None`: a deletion.
    put: Option<Put>,
    /// The version that it was thought through against; `None`: there was none.
    pub(crate) base: Option<i64>,
    /// What comes out.
    pub(crate) result: Outcome,
}

/// What a put was given, to think it through again. As text: parsed it takes several times the memory while it waits.
#[derive(Debug)]
struct Put {
    text: Arc<str>,
    keep_updated: bool,
    given: Option<Given>,
}

/// A put that is being thought through.
#[derive(Debug)]
struct Draft {
    body: Json,
    keep_updated: bool,
    given: Option<Given>,
}

/// What a write comes to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) change: Change,
    /// The version afterwards.
    pub(crate) version: i64,
    /// When that version was made: microseconds since 1970 UTC.
    pub(crate) updated: i64,
    /// The new body with its `meta`, if the write makes one.
    pub(crate) body: Option<Arc<str>>,
    /// Index rows that go.
    pub(crate) removed: PackedSet,
    /// Index rows that come.
    pub(crate) added: PackedSet,
    /// Keys of which the resource, or one that it contains, now has several rows.
    pub(crate) repeated: BTreeSet<KeyId>,
    pub(crate) warnings: Vec<WriteWarning>,
}

impl Item {
    /// Thinks a write through.
    pub(crate) fn new(write: Write, current: Option<&Current>, with: &Versioning<'_>) -> Result<Item, VersionError> {
        let (ty, id, mut draft) = match write {
            Write::Delete { ty, id } => (ty, id, None),
            Write::Put { ty, id, body, keep_updated } => {
                let given = given_updated(&body, with.zone);
                // What the store sets itself may be anything, as long as there is a place to set it.
                let given = if keep_updated { given? } else { given.or_else(InvalidMeta::ignore_instant)? };
                (ty, id, Some(Draft { body, keep_updated, given }))
            }
        };
        let result = outcome(ty, draft.as_mut(), current, with)?;
        let put = draft.map(|Draft { body, keep_updated, given }| {
            let text = result.body.clone().unwrap_or_else(|| body.to_string().into());
            Put { text, keep_updated, given }
        });
        Ok(Item { ty, id, put, base: current.map(|current| current.version), result })
    }

    /// Thinks it through again, against another version.
    pub(crate) fn rebase(&mut self, current: Option<&Current>, with: &Versioning<'_>) -> Result<(), VersionError> {
        self.base = current.map(|current| current.version);
        let mut draft = self.put.as_ref().map(Put::draft).transpose()?;
        self.result = outcome(self.ty, draft.as_mut(), current, with)?;
        Ok(())
    }

    pub(crate) fn identity(&self) -> (TypeCode, &str) {
        (self.ty, &self.id)
    }

    /// Bytes of memory, about.
    pub(crate) fn size(&self) -> usize {
        let rows = [&self.result.removed, &self.result.added].into_iter().flat_map(PackedSet::values).map(Packed::size);
        size_of::<Item>() + self.id.len() + self.put.as_ref().map_or(0, |put| put.text.len()) + rows.sum::<usize>()
    }

    /// The resource as it stands after the write; `before` is what was there.
    pub(crate) fn after(&self, before: Option<&Current>) -> Option<Current> {
        match self.result.change {
            Change::Unchanged | Change::Absent => before.cloned(),
            Change::Created | Change::Updated | Change::Deleted => Some(Current {
                version: self.result.version,
                updated: self.result.updated,
                body: self.result.body.as_deref().map(str::to_owned),
            }),
        }
    }
}

impl InvalidMeta {
    fn ignore_instant(self) -> Result<Option<Given>, InvalidMeta> {
        match self {
            InvalidMeta::NoInstant { .. } => Ok(None),
            other => Err(other),
        }
    }
}

fn outcome(
    ty: TypeCode,
    put: Option<&mut Draft>,
    current: Option<&Current>,
    with: &Versioning<'_>,
) -> Result<Outcome, VersionError> {
    let live = current.and_then(|current| current.body.as_deref().map(|body| (current, body)));
    match (put, live) {
        (None, Some((current, body))) => deletion(ty, current, body, with),
        (None, None) => Ok(Outcome::nothing(Change::Absent, current)),
        (Some(put), live) => {
            if let Some((current, body)) = live
                && put.keep_updated
                && put.is_unchanged(current, body)
            {
                return Ok(Outcome::nothing(Change::Unchanged, Some(current)));
            }
            version(ty, put, current, live.map(|(_, body)| body), with)
        }
    }
}

fn deletion(ty: TypeCode, current: &Current, body: &str, with: &Versioning<'_>) -> Result<Outcome, VersionError> {
    Ok(Outcome {
        change: Change::Deleted,
        version: current.version.saturating_add(1),
        updated: after(Some(current), with.now),
        body: None,
        removed: pack(replaced_rows(ty, body, with)?)?,
        added: PackedSet::default(),
        repeated: BTreeSet::new(),
        warnings: Vec::new(),
    })
}

/// A new version; `live` is the body that it replaces.
fn version(
    ty: TypeCode,
    put: &mut Draft,
    current: Option<&Current>,
    live: Option<&str>,
    with: &Versioning<'_>,
) -> Result<Outcome, VersionError> {
    let number = current.map_or(0, |current| current.version).saturating_add(1);
    let (text, updated) = match &put.given {
        Some(given) if put.keep_updated => (given.text.clone(), given.micros),
        _ => {
            let now = after(current, with.now);
            (Instant(now).to_string(), now)
        }
    };
    set(&mut put.body, number, &text);
    let mut extracted = (with.extract)(ty, &put.body);
    if put.keep_updated && put.given.as_ref().is_some_and(|given| given.cut) {
        let reason = "digits of `meta.lastUpdated` finer than microseconds do not count in a search".to_owned();
        extracted.warnings.push(WriteWarning { reason, detail: text });
    }
    let repeated = repeated(&extracted.rows);
    let old = live.map(|body| replaced_rows(ty, body, with)).transpose()?.unwrap_or_default();
    let (removed, added) = match with.keeps {
        Keeps::Rows => difference(old, extracted.rows),
        Keeps::Documents => (without(old, &extracted.rows), extracted.rows),
    };
    Ok(Outcome {
        change: if live.is_some() { Change::Updated } else { Change::Created },
        version: number,
        updated,
        body: Some(put.body.to_string().into()),
        removed: pack(removed)?,
        added: pack(added)?,
        repeated,
        warnings: extracted.warnings,
    })
}

/// What a write tells of the body that it replaces. Of a document that is those that the resource contains.
fn replaced_rows(ty: TypeCode, body: &str, with: &Versioning<'_>) -> Result<RowSet, VersionError> {
    // A store writes bodies itself, so a name stands as it is.
    let is_told = with.keeps == Keeps::Rows || body.contains("\"contained\"");
    if is_told { stored_rows(ty, body, with) } else { Ok(RowSet::new()) }
}

/// Those that have rows no more.
fn without(mut old: RowSet, new: &RowSet) -> RowSet {
    old.retain(|owner, _| !new.contains_key(owner));
    old
}

/// The rows that a store holds for a body.
///
/// They are extracted again instead of read: extraction depends on nothing but the body, the definitions and the
/// settings, and what is stored is kept to the definitions of the store. Rows that a build has yet to make are taken out
/// afterwards. Reading them would take a seek into each table of rows.
fn stored_rows(ty: TypeCode, body: &str, with: &Versioning<'_>) -> Result<RowSet, VersionError> {
    let body = serde_json::from_str::<Json>(body).map_err(|_| VersionError::StoredBody)?;
    Ok((with.extract)(ty, &body).rows)
}

/// The store's clock, but later than the version before: a clock that was set back must not turn history around.
fn after(current: Option<&Current>, now: Instant) -> i64 {
    current.map_or(now.0, |current| now.0.max(current.updated.saturating_add(1)))
}

impl Put {
    fn draft(&self) -> Result<Draft, VersionError> {
        let body = serde_json::from_str(&self.text).map_err(|_| VersionError::StoredBody)?;
        Ok(Draft { body, keep_updated: self.keep_updated, given: self.given.clone() })
    }
}

impl Draft {
    fn is_unchanged(&mut self, current: &Current, body: &str) -> bool {
        let updated = match &self.given {
            Some(given) => given.text.clone(),
            None => Instant(current.updated).to_string(),
        };
        set(&mut self.body, current.version, &updated);
        // The same text is the usual case, and spares parsing the stored one.
        let text = self.body.to_string();
        if text == body {
            return true;
        }
        serde_json::from_str(body).is_ok_and(|stored| same_content(stored, self.body.clone(), self.given.is_none()))
    }
}

impl Outcome {
    fn nothing(change: Change, current: Option<&Current>) -> Outcome {
        let (version, updated) = current.map_or((0, 0), |current| (current.version, current.updated));
        Outcome {
            change,
            version,
            updated,
            body: None,
            removed: PackedSet::default(),
            added: PackedSet::default(),
            repeated: BTreeSet::new(),
            warnings: Vec::new(),
        }
    }
}

/// The keys of which one resource has several rows.
pub(crate) fn repeated(rows: &RowSet) -> BTreeSet<KeyId> {
    let twice = |pair: &[Row]| match pair {
        [one, other] if one.key == other.key => Some(one.key),
        _ => None,
    };
    rows.values().flat_map(|rows| rows.windows(2).filter_map(twice)).collect()
}

/// What goes and what comes.
fn difference(mut old: RowSet, new: RowSet) -> (RowSet, RowSet) {
    let (mut removed, mut added) = (RowSet::new(), RowSet::new());
    for (owner, new) in new {
        let (gone, come) = difference_of_one(old.remove(&owner).unwrap_or_default(), new);
        removed.insert(owner.clone(), gone);
        added.insert(owner, come);
    }
    removed.extend(old);
    (removed, added)
}

/// Rows only in `old` and rows only in `new`; both are sorted and hold each row once.
fn difference_of_one(old: Vec<Row>, new: Vec<Row>) -> (Vec<Row>, Vec<Row>) {
    if old.is_empty() {
        return (old, new);
    }
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let mut old = old.into_iter().peekable();
    for row in new {
        while let Some(gone) = old.next_if(|gone| *gone < row) {
            removed.push(gone);
        }
        if old.next_if(|same| *same == row).is_none() {
            added.push(row);
        }
    }
    removed.extend(old);
    (removed, added)
}
