//! The typed, store-neutral meaning of a search. No text, no store.

mod element;
mod env;
mod predicate;
mod print;
mod search;
mod shape;
mod test;

pub use element::{OfElement, Part};
pub use env::{BaseUrl, Env};
pub use predicate::{Direction, Link, Pred, PredKind, Root, Way};
pub use print::print;
pub use search::{
    Branch, Contained, Dir, Include, MOST_INCLUDED, Page, Returned, Search, SortBy, SortKey, SortValue, Total,
};
pub use shape::{Elements, Shape};
pub use test::{
    CodeCase, DateTest, NearTest, NumberTest, QuantityTest, ReferenceTest, Rel, SystemTest, Test, TextMatch, TextTest,
    TokenTest, UnitTest, UrlTest,
};
