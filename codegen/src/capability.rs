//! What a target can be asked, and how well it answers.

mod wording;

use crate::algebra::{Atom, End, On, Rel, Source, Test};
use crate::program::{OrderBy, OrderKey, OrderSource, Yield};
use crate::rows::{Col, ColName, ColType, RowKind, kinds, stored_kinds};

/// How a target answers a question. The worse answer is the greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// The same set.
    Exact,
    /// A superset, which must be refined.
    Over,
    /// Not at all: lowering refuses it by name.
    No,
}

/// A comparison of one column of one row, without its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Compare {
    /// [`Atom::Eq`]
    Eq,
    /// [`Atom::Ne`]
    Ne,
    /// [`Atom::In`] with values of the query.
    In,
    /// [`Atom::NotIn`] with values of the query.
    NotIn,
    /// [`Atom::In`] with values of an earlier step.
    InSlot,
    /// The same of several columns at once.
    TupleInSlot,
    /// [`Atom::NotIn`] with tuples of an earlier step.
    NotInSlot,
    /// [`Atom::In`] or [`Atom::NotIn`] with a stored expansion.
    Expansion,
    /// [`Rel::Within`]
    Within,
    /// [`Rel::Meets`]
    Meets,
    /// [`Rel::Same`]
    Same,
    /// [`Rel::Covers`]
    Covers,
    /// [`Rel::Differs`]
    Differs,
    /// [`Atom::Order`]
    Order,
    /// [`Atom::Starts`]
    Starts,
    /// [`Atom::Ends`]
    Ends,
    /// [`Atom::Has`]
    Has,
    /// [`Atom::Near`]
    Near,
    /// [`Atom::Words`]
    Words,
}

/// The kinds of [`On`], without keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Join {
    /// [`On::Rid`]
    Rid,
    /// [`On::Unversioned`]
    Unversioned,
    /// [`On::Url`]
    Url,
    /// [`On::UrlVersion`]
    UrlVersion,
}

/// A question to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// Every resource of a universe.
    All,
    /// Rows without any test.
    Rows(RowKind),
    /// A test of one column of a row.
    Row(RowKind, ColName, Compare),
    /// Set difference.
    Minus,
    /// Resources with an element in a set of elements.
    Elements,
    /// A join, seen from the end at which its result stands.
    Via(Join, End),
    /// A join any number of times.
    Closure,
    /// Membership in what an earlier step found.
    Slot,
    /// Membership in what links call by name, which an earlier step has told.
    Named,
    /// A guard of a scope that is still to be intersected.
    Guard,
    /// Sorting by the first column of rows.
    OrderRows(RowKind),
    /// Sorting by `meta.lastUpdated`.
    OrderUpdated,
    /// Sorting by logical id.
    OrderId,
    /// Sorting by the order of creation.
    OrderOrd,
    /// A sort key of another resource.
    OrderVia(Join),
    /// Sorting by the order of creation of another resource.
    OrderOrdVia,
    /// Resources that stand inside others, as members and as holders of sort values.
    Inside,
    /// A sort key whose values or links stand under several keys, or at the end of several ways.
    OrderTogether,
    /// A page of candidates.
    Page,
    /// A page found by going through the values of the first sort key.
    ByValue,
    /// A query that is given up where it looks at too many rows.
    Visits,
    /// A count of members.
    Count,
    /// A rough count of members.
    Rough,
    /// The identities of members.
    Rid,
    /// The targets of the members' edge.
    Targets(Join),
    /// What links say that lead to the members.
    Names,
    /// The members' rows themselves.
    Told(RowKind),
    /// The versions that the members' references name.
    Versions,
    /// A choice of strategy at run time.
    Measure,
    /// A value of another type than its column, or columns that the row does not have.
    Typing(RowKind),
    /// More alternatives in the test of one row than a query may have.
    Alternatives,
    /// More values than the parameters of a statement.
    Parameters,
    /// A text with a character U+0000, which texts of the target do not have.
    Zero,
    /// Sets nested deeper than a query may be.
    Depth,
    /// A query of more parts than the target takes at once.
    Size,
    /// A link behind which more than so many resources stand.
    Behind(u32),
    /// A condition that the store only narrows, to more than so many values that are to be tested.
    Refined(u32),
    /// More than so many resources to be put in the order of values that others hold.
    Gathered(u32),
    /// Links that go on over more than so many resources, one behind the other.
    Rounds(u32),
    /// Versions of resources before the current ones, which references name.
    Earlier,
    /// A set that is not in the arena before its parent.
    Dangling,
    /// A position that does not fit the order.
    Cursor,
}

/// The list of what a target can do. It describes what is, and is pinned by a golden list.
pub trait Capabilities {
    /// How the target answers one question.
    fn answer(&self, question: Question) -> Answer;

    /// What it costs to read a row that lies beside the one before and to keep its number, so that others are held against
    /// it, in hundredths of a lookup of one row.
    fn keeping(&self) -> u32 {
        100
    }

    /// What it costs to pass over a row of another key on the way through the rows of all resources in page order, in
    /// hundredths of a lookup of one row; nothing where rows do not lie so.
    fn passing(&self) -> Option<u32> {
        None
    }

    /// How the target answers a whole test of one row: as well as the worst of its atoms, where atoms are independent.
    fn row(&self, kind: RowKind, test: &Test) -> Answer {
        match test {
            Test::Atom(atom) => worst(atom.questions(kind).into_iter().map(|question| self.answer(question))),
            Test::All(tests) | Test::Any(tests) => worst(tests.iter().map(|test| self.row(kind, test))),
        }
    }
}

fn worst(answers: impl Iterator<Item = Answer>) -> Answer {
    answers.max().unwrap_or(Answer::Exact)
}

impl Atom {
    /// The questions that the atom asks of a target, one per column.
    pub fn questions(&self, kind: RowKind) -> Vec<Question> {
        let ask = |col: &Col, compare| Question::Row(kind, col.name, compare);
        match self {
            Atom::Eq(col, _) => vec![ask(col, Compare::Eq)],
            Atom::Ne(col, _) => vec![ask(col, Compare::Ne)],
            Atom::In(cols, source) => {
                let slot = if cols.len() == 1 { Compare::InSlot } else { Compare::TupleInSlot };
                cols.iter().map(|col| ask(col, membership(source, Compare::In, slot))).collect()
            }
            Atom::NotIn(cols, source) => {
                cols.iter().map(|col| ask(col, membership(source, Compare::NotIn, Compare::NotInSlot))).collect()
            }
            Atom::Range(col, rel, _) => vec![ask(col, (*rel).into())],
            Atom::Order(col, _, _) => vec![ask(col, Compare::Order)],
            Atom::Starts(col, _) => vec![ask(col, Compare::Starts)],
            Atom::Ends(col, _) => vec![ask(col, Compare::Ends)],
            Atom::Has(col, _) => vec![ask(col, Compare::Has)],
            Atom::Near(col, _, _) => vec![ask(col, Compare::Near)],
            Atom::Words(col, _) => vec![ask(col, Compare::Words)],
        }
    }
}

fn membership(source: &Source, values: Compare, slot: Compare) -> Compare {
    match source {
        Source::Values(_) => values,
        Source::Slot(_) => slot,
        Source::Expansion(_) => Compare::Expansion,
    }
}

impl From<Rel> for Compare {
    fn from(rel: Rel) -> Self {
        match rel {
            Rel::Within => Compare::Within,
            Rel::Meets => Compare::Meets,
            Rel::Same => Compare::Same,
            Rel::Covers => Compare::Covers,
            Rel::Differs => Compare::Differs,
        }
    }
}

impl From<On> for Join {
    fn from(on: On) -> Self {
        match on {
            On::Rid => Join::Rid,
            On::Unversioned => Join::Unversioned,
            On::Url { .. } => Join::Url,
            On::UrlVersion { .. } => Join::UrlVersion,
        }
    }
}

impl OrderKey {
    /// The questions that the key asks of a target.
    pub fn questions(&self) -> Vec<Question> {
        let links = self.from.iter().flat_map(|source| &source.via).map(|link| Question::OrderVia(link.on.into()));
        let values = self.from.iter().map(|source| match &source.by {
            OrderBy::Rows { kind, .. } => Question::OrderRows(*kind),
            OrderBy::Updated(_) => Question::OrderUpdated,
            OrderBy::Id(_) => Question::OrderId,
            OrderBy::Ord if source.via.is_empty() => Question::OrderOrd,
            OrderBy::Ord => Question::OrderOrdVia,
        });
        let several = |source: &OrderSource| {
            let links = source.via.iter().any(|link| link.keys.len() != 1);
            links || matches!(&source.by, OrderBy::Rows { keys, .. } if keys.len() != 1)
        };
        let together = (self.from.len() != 1 || self.from.iter().any(several)).then_some(Question::OrderTogether);
        links.chain(values).chain(together).collect()
    }
}

impl From<&Yield> for Question {
    fn from(yields: &Yield) -> Self {
        match yields {
            Yield::Page => Question::Page,
            Yield::Count => Question::Count,
            Yield::Rough => Question::Rough,
            Yield::Rid => Question::Rid,
            Yield::Targets(edge) => Question::Targets(edge.on.into()),
            Yield::Names(_) => Question::Names,
            Yield::Rows(_, kind) => Question::Told(*kind),
            Yield::Versions(_) => Question::Versions,
        }
    }
}

/// The comparisons that have a meaning for a column type.
pub fn comparisons(ty: ColType) -> &'static [Compare] {
    use Compare::{
        Covers, Differs, Ends, Eq, Expansion, Has, In, InSlot, Meets, Ne, Near, NotIn, NotInSlot, Order, Same, Starts,
        TupleInSlot, Within, Words,
    };
    match ty {
        ColType::Bytes => {
            &[Eq, Ne, In, NotIn, InSlot, TupleInSlot, NotInSlot, Expansion, Order, Starts, Ends, Has, Words]
        }
        ColType::System => &[Eq, Ne, In, NotIn, InSlot, NotInSlot, Expansion],
        ColType::Int | ColType::Rid => &[Eq, Ne, In, NotIn, InSlot, NotInSlot],
        ColType::Instants | ColType::Cuts => &[Within, Meets, Same, Covers, Differs],
        ColType::Point => &[Near],
    }
}

/// Every question that has a meaning.
pub fn questions() -> Vec<Question> {
    let joins = [Join::Rid, Join::Unversioned, Join::Url, Join::UrlVersion];
    let mut all = vec![
        Question::All,
        Question::Minus,
        Question::Elements,
        Question::Closure,
        Question::Slot,
        Question::Named,
        Question::Guard,
    ];
    all.extend(joins.into_iter().flat_map(|on| [End::Source, End::Target].map(|end| Question::Via(on, end))));
    for kind in kinds() {
        all.push(Question::Rows(kind));
        for name in distinct(kind) {
            all.extend(comparisons(name.ty()).iter().map(|&compare| Question::Row(kind, name, compare)));
        }
    }
    all.extend(stored_kinds().filter(|kind| !kind.is_of_element()).map(Question::OrderRows));
    all.extend([Question::OrderUpdated, Question::OrderId, Question::OrderOrd]);
    all.extend(joins.map(Question::OrderVia));
    all.push(Question::Inside);
    all.push(Question::OrderTogether);
    all.extend([Question::Page, Question::ByValue, Question::Visits, Question::Count, Question::Rough, Question::Rid]);
    all.extend(joins.map(Question::Targets));
    all.push(Question::Names);
    all.extend(kinds().map(Question::Told));
    all.extend([Question::Versions, Question::Measure]);
    all
}

/// The column names of a kind: a name that stands in two parts is one question.
fn distinct(kind: RowKind) -> Vec<ColName> {
    let mut names: Vec<ColName> = kind.columns().into_iter().map(|col| col.name).collect();
    names.sort();
    names.dedup();
    names
}
