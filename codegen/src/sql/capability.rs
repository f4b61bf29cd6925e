//! What SQL answers: everything but expansions, guards and choices at run time.

use super::{Dialect, Target};
use crate::capability::{Answer, Capabilities, Compare, Question, comparisons};
use crate::rows::{Base, ColName, ColType, RowKind, Tuple};

impl<D: Dialect> Capabilities for Target<D> {
    fn keeping(&self) -> u32 {
        D::KEEPING
    }

    fn passing(&self) -> Option<u32> {
        Some(D::PASSING)
    }

    fn answer(&self, question: Question) -> Answer {
        let can = match question {
            Question::Row(kind, name, compare) => row(kind, name, compare),
            Question::OrderRows(kind) => ordered(kind),
            Question::All
            | Question::Rows(_)
            | Question::Minus
            | Question::Elements
            | Question::Via(..)
            | Question::Closure
            | Question::Slot
            | Question::OrderUpdated
            | Question::OrderId
            | Question::OrderOrd
            | Question::Inside
            | Question::OrderVia(_)
            | Question::OrderTogether
            | Question::Page
            | Question::ByValue
            | Question::Visits
            | Question::Count
            | Question::Rough
            | Question::Rid
            | Question::Targets(_)
            | Question::Versions => true,
            Question::Named
            | Question::Names
            | Question::Told(_)
            | Question::Refined(_)
            | Question::OrderOrdVia
            | Question::Guard
            | Question::Measure
            | Question::Typing(_)
            | Question::Alternatives
            | Question::Parameters
            | Question::Zero
            | Question::Depth
            | Question::Size
            | Question::Behind(_)
            | Question::Rounds(_)
            | Question::Gathered(_)
            | Question::Earlier
            | Question::Dangling
            | Question::Cursor => false,
        };
        if can { Answer::Exact } else { Answer::No }
    }
}

fn row(kind: RowKind, name: ColName, compare: Compare) -> bool {
    let known = kind.columns().iter().any(|col| col.name == name);
    let slot = matches!(compare, Compare::InSlot | Compare::NotInSlot);
    // An earlier step may have found systems that this store has not numbered.
    let systems = slot && name.ty() == ColType::System;
    let missing = matches!(compare, Compare::Expansion | Compare::TupleInSlot);
    known && comparisons(name.ty()).contains(&compare) && !missing && !systems
}

/// Points have no order and presence has no value; a reference as part of a tuple is a number, whose order means nothing.
/// Rows about elements lie in no order of values.
fn ordered(kind: RowKind) -> bool {
    !kind.is_of_element()
        && !matches!(
            kind,
            RowKind::One(Base::Point)
                | RowKind::Tuple(Tuple::RefToken)
                | RowKind::Present
                | RowKind::Id
                | RowKind::Updated
        )
}
