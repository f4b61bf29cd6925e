//! Tests of one value of a parameter, typed as the value is.

use crate::definitions::ResourceType;
use crate::values::{DecimalRange, Distance, Interval, Position};

/// A test of one value. There is no negation: "not" is a condition on the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Of a date, dateTime, instant, Period or Timing.
    Date(DateTest),
    /// Of a number or a Range of numbers.
    Number(NumberTest),
    /// Of a quantity.
    Quantity(QuantityTest),
    /// Of a string.
    Text(TextTest),
    /// Of a coded value.
    Token(TokenTest),
    /// Of a coded media type: this one or one below it (item 74). In lower case, `type` or `type/subtype`.
    MediaType(String),
    /// Of a coded value: its code begins with this, folded as codes are (item 73).
    CodeStarts(String),
    /// Of a text: all folded words of one of these lists occur in it as whole words, in any order (item 73).
    AllWords(Vec<Vec<String>>),
    /// Of a reference.
    Reference(ReferenceTest),
    /// Of a uri or canonical.
    Url(UrlTest),
    /// Of the logical id: exactly this one.
    Id(String),
    /// Of one folded word of a text: exactly this one.
    Word(String),
    /// Of a position: how far away it is.
    Near(NearTest),
    /// Of the component values inside one element: a test per component, in order.
    Tuple(Vec<Test>),
    /// One of these holds of the same value; empty is false.
    Any(Vec<Test>),
}

/// How the stored interval `[a, b)` must lie to the search interval `[s, e)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rel {
    /// `s <= a` and `b <= e`
    Within,
    /// They overlap.
    Meets,
    /// `a = s` and `b = e`
    Same,
    /// `a <= s` and `e <= b`
    Covers,
    /// `a` is not `s`, or `b` is not `e` (`_filter ne`)
    Differs,
}

/// A test of an interval of instants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTest {
    /// How the stored value lies.
    pub rel: Rel,
    /// The search interval, half-open.
    pub interval: Interval,
}

/// A test of an interval of decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberTest {
    /// How the stored value lies.
    pub rel: Rel,
    /// The search interval, half-open.
    pub range: DecimalRange,
}

/// A test of a quantity: its value and its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantityTest {
    /// The value.
    pub value: NumberTest,
    /// The unit; `None` is any.
    pub unit: Option<UnitTest>,
}

/// A test of the unit of a quantity (items 36, 37).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UnitTest {
    /// `system|code`
    Coded {
        /// The system.
        system: String,
        /// The code, as written.
        code: String,
    },
    /// `system|`: any code of it.
    System(String),
    /// `|code`: the code or the unit as written for people.
    Human(String),
}

/// A test of a string.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TextTest {
    /// How.
    pub how: TextMatch,
    /// The text: folded, one entry per form that may match, or as written for `Exact`.
    pub forms: Vec<String>,
}

/// How a string is compared. All but `Exact` look at folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextMatch {
    /// It begins with the text; for family names a later word may begin it (item 47).
    Starts,
    /// The whole value equals the text.
    Equals,
    /// The whole value begins with the text.
    StartsWhole,
    /// The whole value ends with the text.
    Ends,
    /// The text stands anywhere in it.
    Contains,
    /// The whole value as stored: case, accents and white space count.
    Exact,
    /// It comes before the text (decision 158: comparison of the folded values).
    Less,
    /// It comes before the text or equals it.
    LessOrEqual,
    /// It comes after the text.
    Greater,
    /// It comes after the text or equals it.
    GreaterOrEqual,
    /// It differs from the text.
    Differs,
}

/// A test of a position (item 115).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearTest {
    /// The place searched around.
    pub centre: Position,
    /// At most so far away.
    pub within: Distance,
}

/// A test of a coded value: system and code of one coding (item 61).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenTest {
    /// The system.
    pub system: SystemTest,
    /// The code, as written; `None` is any.
    pub code: Option<String>,
    /// Whether case counts in the code (decision 58).
    pub case: CodeCase,
    /// True: some coding differs from this one (`_filter ne`, item 156).
    pub differs: bool,
}

/// A test of a code system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SystemTest {
    /// Whatever it is.
    Any,
    /// There is none.
    Absent,
    /// Exactly this one.
    Is(String),
}

/// Whether case counts in a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeCase {
    /// `A` is not `a`.
    Sensitive,
    /// `A` is `a`.
    Insensitive,
}

/// A test of a reference.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ReferenceTest {
    /// To a resource of this store, whether it exists or not.
    Local {
        /// Its type.
        ty: ResourceType,
        /// Its logical id.
        id: String,
        /// Only references to this version.
        version: Option<String>,
    },
    /// To a resource elsewhere: the url as written.
    Foreign(String),
}

/// A test of a uri or canonical.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UrlTest {
    /// Exactly this url; and this version, if one is given.
    Is {
        /// The url, without version.
        url: String,
        /// The version.
        version: Option<String>,
    },
    /// This url, or one below it by path segments (item 84).
    Below(String),
    /// This url, or one above it by path segments.
    Above(String),
    /// This url, with a version that begins with these segments (item 85).
    BelowVersion {
        /// The url.
        url: String,
        /// The first segments of the version.
        version: String,
    },
    /// Another url than this (`_filter ne`).
    Differs(String),
    /// The url begins with, ends with or contains the text (`_filter sw ew co`).
    Part(TextMatch, String),
}
