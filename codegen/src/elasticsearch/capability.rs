//! What Elasticsearch answers: sets of documents. Joins are steps of their own.

use super::Target;
use super::keyword::{Form, form, layouts};
use super::pattern::whole_field;
use super::rows::rows;
use super::told::is_told;
use crate::algebra::{Test, Universe};
use crate::capability::{Answer, Capabilities, Compare, Join, Question, comparisons};
use crate::lower::cases;
use crate::rows::{Base, Col, ColName, KeyId, RowKind, Tuple};
use crate::target::Rows;

impl Capabilities for Target {
    fn answer(&self, question: Question) -> Answer {
        let can = match question {
            Question::Row(kind, name, compare) => return row(kind, name, compare),
            Question::OrderRows(kind) => {
                !kind.is_of_element()
                    && !matches!(kind, RowKind::One(Base::Point) | RowKind::Tuple(Tuple::RefToken) | RowKind::Present)
                    && !matches!(kind, RowKind::Id | RowKind::Updated)
            }
            Question::Targets(on) | Question::OrderVia(on) => on != Join::Url,
            Question::Told(kind) => is_told(kind),
            Question::All
            | Question::Rows(_)
            | Question::Minus
            | Question::Elements
            | Question::Slot
            | Question::Named
            | Question::Names
            | Question::OrderUpdated
            | Question::OrderId
            | Question::OrderOrd
            | Question::Page
            | Question::Count
            | Question::Rough
            | Question::Rid
            | Question::Versions
            | Question::Inside
            | Question::OrderTogether => true,
            Question::Via(..)
            | Question::Closure
            | Question::OrderOrdVia
            | Question::ByValue
            | Question::Visits
            | Question::Guard
            | Question::Measure
            | Question::Typing(_)
            | Question::Alternatives
            | Question::Parameters
            | Question::Zero
            | Question::Depth
            | Question::Size
            | Question::Behind(_)
            | Question::Refined(_)
            | Question::Rounds(_)
            | Question::Gathered(_)
            | Question::Earlier
            | Question::Dangling
            | Question::Cursor => false,
        };
        if can { Answer::Exact } else { Answer::No }
    }

    /// Comparisons of one keyword are answered together: whether exactly depends on which they are.
    fn row(&self, kind: RowKind, test: &Test) -> Answer {
        let Ok(cases) = cases(kind, test) else { return Answer::No };
        let universe = Universe(Vec::new());
        let answer = |atoms: &Vec<_>| rows(&Rows { key: KeyId(0), kind, universe: &universe, atoms }).1;
        let together = cases.iter().map(answer).max().unwrap_or(Answer::Exact);
        together.max(self.refused(kind, test))
    }
}

impl Target {
    /// `No` if one comparison cannot be answered at all.
    fn refused(&self, kind: RowKind, test: &Test) -> Answer {
        match test {
            Test::Atom(atom) => {
                let no = atom.questions(kind).into_iter().any(|question| self.answer(question) == Answer::No);
                if no { Answer::No } else { Answer::Exact }
            }
            Test::All(tests) | Test::Any(tests) => {
                tests.iter().map(|test| self.refused(kind, test)).max().unwrap_or(Answer::Exact)
            }
        }
    }
}

/// A comparison alone, of the part that is answered worst.
fn row(kind: RowKind, name: ColName, compare: Compare) -> Answer {
    let columns = kind.columns().into_iter().filter(|col| col.name == name);
    columns.map(|col| column(kind, col, compare)).max().unwrap_or(Answer::No)
}

fn column(kind: RowKind, col: Col, compare: Compare) -> Answer {
    if !comparisons(col.name.ty()).contains(&compare) || compare == Compare::Expansion {
        return Answer::No;
    }
    if compare == Compare::Near {
        // The box around the sphere: there is no arithmetic without scripts.
        return Answer::Over;
    }
    if form(kind) != Form::Keywords {
        return if compare == Compare::TupleInSlot { Answer::No } else { Answer::Exact };
    }
    let first = layouts(kind).iter().any(|layout| layout.columns.first() == Some(&col));
    match compare {
        Compare::Ne | Compare::NotIn | Compare::Order if !first => Answer::Over,
        Compare::InSlot if whole_field(kind, &[col]).is_none() => Answer::No,
        Compare::NotInSlot => Answer::No,
        _ => Answer::Exact,
    }
}
