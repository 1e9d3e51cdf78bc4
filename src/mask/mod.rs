//! Masking operators: one file each, all listed in [`OPERATORS`].
//!
//! An operator has two lives. [`OperatorInfo::prepare`] runs once per column when the plan is compiled: it checks
//! parameters against the column's type and width, and says what it promises. [`Prepared::start`] then makes the
//! thing that masks columns, with the key if it needs one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::DomainKeys;
use crate::table::{ColumnBuilder, SqlType};

mod address;
mod age_group;
mod array;
mod batch;
mod bucket;
mod bytes;
mod calendar;
mod card;
mod card_brands;
mod character_map;
mod choice;
mod civil;
mod code_template;
mod company;
mod compose;
mod constant;
mod data;
mod date_shift;
mod defuse;
mod digits;
mod email;
mod first_name;
mod full_name;
mod gender;
mod gender_word;
mod generalize;
mod groups;
mod hstore;
mod iban;
mod iban_registry;
mod invalid;
mod ip;
mod json;
mod json_path;
mod json_text;
mod keep;
mod keyed_hash;
mod last_name;
mod lorem;
mod mac;
mod mask_chars;
mod monotone;
mod named_email;
mod national_id;
mod nested;
mod noise;
mod null;
mod number;
mod own_values;
mod parameters;
mod partial;
mod password;
mod permute;
mod phone;
mod pick;
mod place;
mod range;
mod redact;
mod redact_regex;
mod redact_text;
mod round;
mod rows;
mod script;
mod serialized_php;
mod shape;
mod start;
mod subject;
mod subject_names;
mod tag;
mod template;
mod text_detectors;
mod title;
mod top_bottom;
mod truncate_date;
mod typed;
mod url;
mod user_agent;
mod username;
mod uuid;
mod xml;
mod xml_text;

pub mod lexicon;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod subject_operators;

pub use crate::base::Equality;
pub use batch::{Batch, CellError, Scratch, Tally};
pub use data::{DataFile, data_files};
pub use groups::Groups;
pub use invalid::Rejected;
pub use monotone::{Monotone, Steps};
pub use text_detectors::{NoDetectors, TextDetectors, TextEntity, TextHit, TextSearch};

/// Everything the policy, the docs and the tests know about an operator before it is used.
pub struct OperatorInfo {
    /// Its name in a policy.
    pub name: &'static str,
    /// One line: what it does.
    pub summary: &'static str,
    /// Its class, in the field's words.
    pub class: Class,
    /// What its output is a function of.
    pub keyed_by: KeyedBy,
    /// The key domain when the policy names none.
    pub domain: DefaultDomain,
    /// What a cell that it can mask is called in messages: `email`, `phone number`.
    pub entity: &'static str,
    /// Parameters.
    pub parameters: &'static [Parameter],
    /// Two or more examples: parameters as a policy writes them, column type, input, output under the demo key.
    pub examples: &'static [Example],
    /// The types that it can mask, without their widths.
    pub accepts: fn(&SqlType) -> bool,
    /// Checks parameters and column, and says what comes out.
    pub prepare: fn(&Request<'_>) -> Result<Prepared, Refusal>,
}

/// Class of an operator, ISO/IEC 20889's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// The value stays.
    Keep,
    /// The value goes, wholly or in part.
    Suppress,
    /// The value becomes coarser.
    Generalize,
    /// The value becomes another that stands for it.
    Pseudonymize,
    /// The value moves.
    Perturb,
    /// The value is made up.
    Synthesize,
}

/// What an operator's output is a function of, beside the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyedBy {
    /// Nothing: no key is needed.
    Nothing,
    /// The cell's own canonical value.
    Value,
    /// The row's subject; the cell's own value where the row has none.
    Subject,
    /// The row's subject and the cell's own value: as unique as the value, and not the same for equal values.
    SubjectAndValue,
    /// What the operators of the parts of its value follow: see [`Prepared::parts`].
    Parts,
}

impl KeyedBy {
    /// Whether the row's subject has a say.
    pub fn follows_subject(self) -> bool {
        matches!(self, Self::Subject | Self::SubjectAndValue)
    }
}

/// The key domain of a column that names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DefaultDomain {
    /// The domain is not used.
    None,
    /// The domain of this name: all columns of one kind share it.
    Entity(&'static str),
    /// `table.column` of the column at the root of its foreign keys.
    Column,
}

/// A parameter of an operator.
#[derive(Debug)]
pub struct Parameter {
    /// Name in the policy.
    pub name: &'static str,
    /// One line, with the default.
    pub summary: &'static str,
    /// The kind of value.
    pub kind: ParameterKind,
    /// Whether it must be given.
    pub required: bool,
    /// Whether it is a parameter of the key domain (may be, and for several columns should be, set in `[domains]`).
    pub of_domain: bool,
}

/// The kind of value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterKind {
    /// A string.
    Text,
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// An integer.
    Integer,
    /// `[lo, hi]`.
    Range,
    /// A boolean.
    Flag,
    /// Any scalar.
    Scalar,
    /// A list of strings.
    List,
    /// A number, whole or not.
    Number,
    /// A list of scalars.
    Scalars,
    /// An operator: its name, or a table with `op` and its parameters.
    Entry,
    /// A table of names (paths, keys) with an operator each.
    Entries,
    /// A table of names with a scalar each.
    Table,
    /// A list of scalars, or a table of values with a whole number each.
    Weights,
}

/// An example of an operator; a test runs it and the docs print it.
pub struct Example {
    /// The column's entry in a policy, TOML: `{ op = "email" }`.
    pub policy: &'static str,
    /// The column's type.
    pub sql_type: &'static SqlType,
    /// Input.
    pub input: &'static str,
    /// Output under the key of bytes 0, 1, .. 31 and the project `acme/dev`; `None` for NULL.
    pub output: Option<&'static str>,
}

/// What `prepare` gets: one column with its policy entry.
pub struct Request<'a> {
    /// Parameters of the column, merged over those of its key domain. Unknown names were refused before.
    pub parameters: &'a BTreeMap<String, toml::Value>,
    /// The key domain.
    pub domain: &'a str,
    /// When two values are one.
    pub equality: Equality,
    /// The column's type.
    pub sql_type: &'a SqlType,
    /// Characters that fit in the narrowest column of the domain; `None` if none is limited.
    pub width: Option<u32>,
    /// Bits of the columns of the domain that hold integers from 0 on: results must fit all of them.
    pub unsigned: &'a [u8],
    /// Whether some column of the domain must stay unique (a key, or a column that one references).
    pub unique: bool,
    /// NOT NULL.
    pub not_null: bool,
    /// Whether output must be ASCII (the dump's encoding, or the column's).
    pub ascii: bool,
    /// `locale` of the policy: `en_US`.
    pub locale: &'a str,
    /// What to do with a cell that is outside the operator's domain.
    pub on_invalid: OnInvalid,
    /// `table.column` of the column at the root of its foreign keys.
    pub column: &'a str,
    /// What the policy and the other columns say of key domains: for operators of parts of the value.
    pub domains: &'a dyn Domains,
    /// What finds personal data in texts.
    pub detectors: &'a dyn TextDetectors,
    /// The kept column that holds the country of the row's address, where the table names one.
    pub country: Option<&'a str>,
    /// Whom or what the column's rows are about.
    pub about: About,
}

/// Whom or what the rows of a column are about: what operators follow that do not follow the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum About {
    /// Nobody.
    Nobody,
    /// The table's subject.
    Subject,
    /// The column's `row_key`, whatever the table's subject.
    RowKey,
}

/// What is known of the key domains of a policy.
pub trait Domains {
    /// What columns say that have this key domain and this operator.
    fn facts(&self, domain: &str, operator: &str) -> DomainFacts;
}

/// What the columns of a key domain have in common; the defaults where there are none.
#[derive(Clone, Debug, Default)]
pub struct DomainFacts {
    /// Parameters of the domain.
    pub parameters: BTreeMap<String, toml::Value>,
    /// When two values are one.
    pub equality: Option<Equality>,
    /// Bits of the columns that hold integers from 0 on.
    pub unsigned: Vec<u8>,
    /// Whether some column must stay unique.
    pub unique: bool,
    /// Characters that fit in the narrowest column.
    pub width: Option<u32>,
}

/// No key domain is known.
pub struct NoDomains;

impl Domains for NoDomains {
    fn facts(&self, _: &str, _: &str) -> DomainFacts {
        DomainFacts::default()
    }
}

impl<'a> Request<'a> {
    /// A request for a nullable column that need not be unique, alone in its key domain.
    pub fn new(
        parameters: &'a BTreeMap<String, toml::Value>,
        domain: &'a str,
        sql_type: &'a SqlType,
    ) -> Self {
        Self {
            parameters,
            domain,
            equality: Equality::Exact,
            sql_type,
            width: None,
            unsigned: &[],
            unique: false,
            not_null: false,
            ascii: false,
            locale: "en_US",
            on_invalid: OnInvalid::default_for(sql_type),
            column: "t.c",
            domains: &NoDomains,
            detectors: &NoDetectors,
            country: None,
            about: About::Nobody,
        }
    }
}

/// What happens to a cell that is outside the operator's domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnInvalid {
    /// A keyed tag that fits the column.
    Tag,
    /// The column type's fixed replacement.
    Redact,
    /// The run ends.
    Error,
}

impl OnInvalid {
    /// What happens where the policy says nothing: text is tagged, a typed cell ends the run.
    pub fn default_for(sql_type: &SqlType) -> Self {
        if sql_type.is_text() { Self::Tag } else { Self::Error }
    }
}

/// An operator that fits its column.
pub struct Prepared {
    /// The parameters that its key is bound to (`int:1:127`, `email:80:exact`); empty for operators without a key.
    pub spec: String,
    /// Whether different values stay different.
    pub uniqueness: Uniqueness,
    /// The longest output in characters, if there is a bound.
    pub max_width: Option<u32>,
    /// What output looks like, for CHECKs and partition bounds.
    pub output: Output,
    /// What a reader of `check` should know, with stable ids: (`live-values`, "…").
    pub notes: Vec<(&'static str, String)>,
    /// Columns of the row whose original values it looks at: [`Batch::others`], in this order.
    pub reads: Vec<String>,
    /// Those of them that its output shows in clear: the policy must keep them.
    pub exposes: Vec<String>,
    /// What its output is a function of, where parameters decide that.
    pub keyed_by: Option<KeyedBy>,
    /// The operators of parts of the value.
    pub parts: Vec<Part>,
    /// Makes the operator. Called with the key's domain for keyed operators, and without for others.
    pub start: Start,
}

impl Prepared {
    /// Without a spec, promising nothing about its output: what an operator fills in.
    pub fn new(start: Start) -> Self {
        Self {
            spec: String::new(),
            uniqueness: Uniqueness::No,
            max_width: None,
            output: Output::Any,
            notes: Vec::new(),
            reads: Vec::new(),
            exposes: Vec::new(),
            keyed_by: None,
            parts: Vec::new(),
            start,
        }
    }
}

/// An operator that masks a part of a value: a path of a document, the elements of an array.
#[derive(Clone)]
pub struct Part {
    /// Which part: `$.contact.email`.
    pub place: String,
    /// The operator.
    pub operator: &'static OperatorInfo,
    /// Its key domain.
    pub domain: String,
    /// Its spec.
    pub spec: String,
    /// What its output is a function of.
    pub keyed_by: KeyedBy,
}

/// Makes an operator from the keys of its domain.
pub type Start = Box<dyn Fn(Option<&DomainKeys>) -> Arc<dyn Operator> + Send + Sync>;

/// Whether an operator keeps different values different.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Uniqueness {
    /// Always, by construction.
    Proven,
    /// Two values meet with probability about `n² / 2^(bits + 1)` for n values.
    Bounded {
        /// log2 of the number of outputs.
        bits: f64,
    },
    /// No.
    No,
}

/// What an operator can put out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Output {
    /// The input.
    Same,
    /// Always NULL.
    Null,
    /// Always this.
    Constant(String),
    /// An integer in the same band as the input's.
    Band,
    /// An integer in this range.
    Range(i128, i128),
    /// One of these.
    OneOf(Vec<String>),
    /// A number of the input's sign in this range; zero may become positive.
    Signed(i128, i128),
    /// A function of the input that never turns the order of two values around.
    Monotone(Monotone),
    /// Text of at most so many characters.
    Text,
    /// A date or time up to so many days before the input.
    Earlier(u32),
    /// Anything of the type.
    Any,
}

/// Why an operator cannot be used on a column: a sentence that says what to do, shown after "column t.c: ".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

/// Something that masks columns. A pure function of key, parameters and its input; never of row order or number.
pub trait Operator: Send + Sync {
    /// Masks all cells of the batch, appending exactly one cell per row to `out`.
    ///
    /// NULL and the empty string are kept unless the operator's business is to replace them.
    ///
    /// # Errors
    /// The first cell that must not pass.
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError>;

    /// What `setval` of a sequence that feeds this column must become so that the next value is free: the largest
    /// output of any input up to `value`. `None`: `value` itself will do.
    fn sequence_value(&self, value: i64) -> Option<i64> {
        let _ = value;
        None
    }
}

/// All operators, in the order of `scrub rules list`.
pub const OPERATORS: &[&OperatorInfo] = &[
    &address::INFO,
    &age_group::INFO,
    &array::INFO,
    &bucket::INFO,
    &bytes::INFO,
    &card::INFO,
    &character_map::INFO,
    &choice::INFO,
    &place::city::INFO,
    &company::INFO,
    &constant::INFO,
    &place::country::INFO,
    &date_shift::INFO,
    &defuse::INFO,
    &email::INFO,
    &first_name::INFO,
    &full_name::INFO,
    &gender::INFO,
    &hstore::INFO,
    &iban::INFO,
    &ip::INFO,
    &json::INFO,
    &keep::INFO,
    &keyed_hash::INFO,
    &last_name::INFO,
    &lorem::INFO,
    &mac::INFO,
    &mask_chars::INFO,
    &national_id::INFO,
    &noise::INFO,
    &null::INFO,
    &partial::INFO,
    &password::INFO,
    &permute::INFO,
    &phone::INFO,
    &place::postcode::INFO,
    &range::INFO,
    &redact::INFO,
    &redact_regex::INFO,
    &redact_text::INFO,
    &place::region::INFO,
    &round::INFO,
    &serialized_php::INFO,
    &template::INFO,
    &title::INFO,
    &top_bottom::INFO,
    &truncate_date::INFO,
    &url::INFO,
    &user_agent::INFO,
    &username::INFO,
    &uuid::INFO,
    &xml::INFO,
];

/// The operator of that name.
pub fn operator(name: &str) -> Option<&'static OperatorInfo> {
    OPERATORS.iter().copied().find(|info| info.name == name)
}
