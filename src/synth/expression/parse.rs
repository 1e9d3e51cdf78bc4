//! Reads the text of a CHECK into a tree: operator precedence by binding powers, depth and length bounded.
//!
//! Operators and functions that we know nothing of become [`Node::Opaque`] and [`Node::Call`], so that the rest of the
//! expression still counts; what is no expression at all gives none.

use super::pattern::{Kind, Pattern};
use super::token::{Token, tokens};
use super::tree::{Node, Operator, Target, Test};
use super::value::{Comparison, Value};
use crate::table::Dialect;

/// Longer expressions are not read.
const LONGEST: usize = 20_000;
/// Nor deeper ones.
const DEEPEST: u32 = 60;

/// The binding powers of operators, weakest first.
mod power {
    pub(super) const OR: u8 = 1;
    pub(super) const XOR: u8 = 2;
    pub(super) const AND: u8 = 3;
    pub(super) const NOT: u8 = 4;
    pub(super) const COMPARE: u8 = 6;
    pub(super) const RANGE: u8 = 7;
    pub(super) const OTHER: u8 = 9;
    pub(super) const ADD: u8 = 11;
    pub(super) const MULTIPLY: u8 = 12;
    pub(super) const POWER: u8 = 13;
    pub(super) const CONCATENATE: u8 = 14;
    pub(super) const SIGN: u8 = 15;
}

/// Reads `text`; `column` gives the place of a name, and says whether it stood in quotes.
pub(in crate::synth) fn parse(text: &str, dialect: Dialect, column: &dyn Fn(&str, bool) -> Option<usize>) -> Option<Node> {
    if text.len() > LONGEST {
        return None;
    }
    let tokens = tokens(text, dialect == Dialect::Sqlite)?;
    let mut parser = Parser { tokens: &tokens, at: 0, dialect, column };
    parser.eat_word("check");
    let node = parser.expression(0, DEEPEST)?;
    while parser.eat_words(&["not", "valid"]) || parser.eat_words(&["no", "inherit"]) {}
    (parser.at == tokens.len()).then_some(node)
}

/// Reads the elements of an index or an exclusion constraint, each with the operator after `WITH`, and the condition
/// after `WHERE`: `(lower(a), b DESC) WHERE (c IS NULL)`, `USING gist (room WITH =, during WITH &&)`.
pub(in crate::synth) fn elements(
    text: &str,
    dialect: Dialect,
    column: &dyn Fn(&str, bool) -> Option<usize>,
) -> Option<(Vec<(Node, Option<String>)>, Option<Node>)> {
    if text.len() > LONGEST {
        return None;
    }
    let tokens = tokens(text, dialect == Dialect::Sqlite)?;
    let mut parser = Parser { tokens: &tokens, at: 0, dialect, column };
    parser.eat_word("exclude");
    if parser.eat_word("using") {
        parser.at += 1;
    }
    let list = parser.eat("(");
    let mut elements = Vec::new();
    loop {
        let node = parser.expression(0, DEEPEST)?;
        let mut operator = None;
        while matches!(parser.peek(), Some(Token::Word(_))) && !parser.sees_word("where") {
            let with = parser.eat_word("with");
            if !with {
                parser.at += 1;
            } else if let Some(Token::Symbol(symbol)) = parser.peek() {
                operator = Some((*symbol).to_owned());
                parser.at += 1;
            }
        }
        elements.push((node, operator));
        if !parser.eat(",") {
            break;
        }
    }
    if list && !parser.eat(")") {
        return None;
    }
    let condition = if parser.eat_word("where") { Some(parser.expression(0, DEEPEST)?) } else { None };
    while parser.eat_word("deferrable") || parser.eat_words(&["initially", "deferred"]) {}
    (parser.at == tokens.len()).then_some((elements, condition))
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    dialect: Dialect,
    column: &'t dyn Fn(&str, bool) -> Option<usize>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is(symbol));
        self.at += usize::from(found);
        found
    }

    fn sees_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.sees_word(word);
        self.at += usize::from(found);
        found
    }

    fn eat_words(&mut self, words: &[&str]) -> bool {
        let found = words
            .iter()
            .enumerate()
            .all(|(at, word)| self.tokens.get(self.at + at).is_some_and(|token| token.is_word(word)));
        self.at += if found { words.len() } else { 0 };
        found
    }

    /// An expression of operators that bind more tightly than `least`.
    fn expression(&mut self, least: u8, depth: u32) -> Option<Node> {
        let depth = depth.checked_sub(1)?;
        let mut left = self.prefix(depth)?;
        loop {
            let before = self.at;
            match self.infix(left, least, depth)? {
                (node, true) => left = node,
                (node, false) => {
                    self.at = before;
                    return Some(node);
                }
            }
        }
    }

    fn prefix(&mut self, depth: u32) -> Option<Node> {
        if self.eat_word("not") {
            return Some(Node::Not(Box::new(self.expression(power::NOT - 1, depth)?)));
        }
        if self.eat("!") {
            return Some(Node::Not(Box::new(self.expression(power::SIGN, depth)?)));
        }
        if self.eat("-") {
            return Some(match self.expression(power::SIGN, depth)? {
                Node::Constant(Value::Integer(number)) => Node::Constant(Value::Integer(-number)),
                Node::Constant(Value::Decimal(number)) => Node::Constant(Value::Decimal(number.negate())),
                other => Node::Negate(Box::new(other)),
            });
        }
        if self.eat("+") {
            return self.expression(power::SIGN, depth);
        }
        let node = self.primary(depth)?;
        self.postfix(node)
    }

    /// Casts and collations.
    fn postfix(&mut self, mut node: Node) -> Option<Node> {
        let mut casts = 0;
        loop {
            if self.eat("::") {
                casts += 1;
                if casts > 8 {
                    return None;
                }
                let target = self.target()?;
                node = Node::Cast(Box::new(node), target);
            } else if self.eat_word("collate") {
                let name = self.path()?;
                node = Node::Call(format!("collate {}", name.to_ascii_lowercase()), vec![node]);
            } else {
                return Some(node);
            }
        }
    }

    /// The operator that follows `left`, with what is on its right. False: there is none that binds tightly enough.
    fn infix(&mut self, left: Node, least: u8, depth: u32) -> Option<(Node, bool)> {
        let Some(token) = self.peek().cloned() else { return Some((left, false)) };
        let node = match token {
            Token::Symbol(symbol) => self.infix_symbol(left, symbol, least, depth)?,
            Token::Word(word) => self.infix_word(left, &word.to_ascii_lowercase(), least, depth)?,
            _ => (left, false),
        };
        Some(node)
    }

    fn infix_symbol(&mut self, left: Node, symbol: &str, least: u8, depth: u32) -> Option<(Node, bool)> {
        let sqlite = self.dialect == Dialect::Sqlite;
        if let Some(comparison) = comparison(symbol) {
            // In SQLite = and <> bind less tightly than < and >.
            let own = if sqlite && !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
                power::RANGE + 1
            } else {
                power::COMPARE
            };
            if own <= least {
                return Some((left, false));
            }
            self.at += 1;
            return Some((self.comparison(left, comparison, own, depth)?, true));
        }
        let (own, operator) = match symbol {
            "||" if self.dialect == Dialect::MySql => (power::OR, None),
            "&&" if self.dialect == Dialect::MySql => (power::AND, None),
            "||" if sqlite => (power::CONCATENATE, Some(Operator::Concatenate)),
            "||" => (power::OTHER, Some(Operator::Concatenate)),
            "+" => (power::ADD, Some(Operator::Add)),
            "-" => (power::ADD, Some(Operator::Subtract)),
            "*" => (power::MULTIPLY, Some(Operator::Multiply)),
            "/" => (power::MULTIPLY, Some(Operator::Divide)),
            "%" => (power::MULTIPLY, Some(Operator::Remainder)),
            "^" if self.dialect == Dialect::Postgres => (power::POWER, Some(Operator::Power)),
            "&" => (power::OTHER, Some(Operator::BitAnd)),
            "|" => (power::OTHER, Some(Operator::BitOr)),
            ")" | "]" | "," | "(" | "[" | "." | ":" => return Some((left, false)),
            "<=>" => (power::COMPARE, None),
            _ => (power::OTHER, None),
        };
        if own <= least {
            return Some((left, false));
        }
        self.at += 1;
        let right = self.expression(own, depth)?;
        let node = match (symbol, operator) {
            (_, Some(operator)) => Node::Arithmetic(Box::new(left), operator, Box::new(right)),
            ("||", _) => join(left, right, false),
            ("&&", _) if self.dialect == Dialect::MySql => join(left, right, true),
            ("<=>", _) => Node::Not(Box::new(Node::Distinct(Box::new(left), Box::new(right)))),
            ("~" | "!~" | "~*" | "!~*", _) => {
                let kind = Kind::Regex { folds: symbol.ends_with('*') };
                negate(matches(left, right, kind), symbol.starts_with('!'))
            }
            ("~~" | "!~~" | "~~*" | "!~~*", _) => {
                let kind = Kind::Like { folds: symbol.ends_with('*'), escape: Some('\\') };
                negate(matches(left, right, kind), symbol.starts_with('!'))
            }
            _ => Node::Opaque(vec![left, right]),
        };
        Some((node, true))
    }

    fn comparison(&mut self, left: Node, comparison: Comparison, own: u8, depth: u32) -> Option<Node> {
        let any = self.eat_word("any") || self.eat_word("some");
        if any || self.eat_word("all") {
            if !self.eat("(") {
                return None;
            }
            let list = self.expression(0, depth)?;
            if !self.eat(")") {
                return None;
            }
            let items = match list.bare() {
                Node::List(items) => items.clone(),
                Node::Constant(Value::Text(text, _)) => match array(text) {
                    Some(items) => items,
                    None => return Some(Node::Opaque(vec![left, list])),
                },
                _ => return Some(Node::Opaque(vec![left, list])),
            };
            return Some(match (comparison, any) {
                (Comparison::Equal, true) => Node::In(Box::new(left), items),
                (Comparison::NotEqual, false) => Node::Not(Box::new(Node::In(Box::new(left), items))),
                _ => Node::Quantified(Box::new(left), comparison, any, items),
            });
        }
        let right = self.expression(own, depth)?;
        Some(Node::Compare(Box::new(left), comparison, Box::new(right)))
    }

    fn infix_word(&mut self, left: Node, word: &str, least: u8, depth: u32) -> Option<(Node, bool)> {
        let mysql = self.dialect == Dialect::MySql;
        let range = if self.dialect == Dialect::Sqlite { power::COMPARE } else { power::RANGE };
        let own = match word {
            "or" => power::OR,
            "xor" if mysql => power::XOR,
            "and" => power::AND,
            "is" | "isnull" | "notnull" => power::COMPARE,
            "in" | "between" | "like" | "ilike" | "similar" | "regexp" | "rlike" | "glob" | "match" | "not" => range,
            "div" | "mod" if mysql => power::MULTIPLY,
            "at" => power::OTHER,
            _ => return Some((left, false)),
        };
        if own <= least {
            return Some((left, false));
        }
        self.at += 1;
        let node = match word {
            "or" => join(left, self.expression(own, depth)?, false),
            "and" => join(left, self.expression(own, depth)?, true),
            "xor" => {
                let right = self.expression(own, depth)?;
                let neither = Node::Not(Box::new(join(left.clone(), right.clone(), true)));
                join(join(left, right, false), neither, true)
            }
            "isnull" => Node::Is(Box::new(left), Test::Null),
            "notnull" => negate(Node::Is(Box::new(left), Test::Null), true),
            "is" => self.is(left, own, depth)?,
            "div" | "mod" => {
                let operator = if word == "div" { Operator::DivideWhole } else { Operator::Remainder };
                Node::Arithmetic(Box::new(left), operator, Box::new(self.expression(own, depth)?))
            }
            "at" => {
                if !self.eat_words(&["time", "zone"]) {
                    return None;
                }
                let zone = self.expression(own, depth)?;
                Node::Opaque(vec![left, zone])
            }
            "not" => {
                if self.eat_word("null") {
                    return Some((negate(Node::Is(Box::new(left), Test::Null), true), true));
                }
                let Some(Token::Word(word)) = self.peek().cloned() else { return None };
                self.at += 1;
                negate(self.range(left, &word.to_ascii_lowercase(), own, depth)?, true)
            }
            _ => self.range(left, word, own, depth)?,
        };
        Some((node, true))
    }

    fn is(&mut self, left: Node, own: u8, depth: u32) -> Option<Node> {
        let negated = self.eat_word("not");
        let left = Box::new(left);
        let node = if self.eat_word("null") || self.eat_word("unknown") {
            Node::Is(left, Test::Null)
        } else if self.eat_word("true") {
            Node::Is(left, Test::True)
        } else if self.eat_word("false") {
            Node::Is(left, Test::False)
        } else if self.eat_words(&["distinct", "from"]) {
            Node::Distinct(left, Box::new(self.expression(own, depth)?))
        } else if self.dialect == Dialect::Sqlite {
            Node::Not(Box::new(Node::Distinct(left, Box::new(self.expression(own, depth)?))))
        } else {
            return None;
        };
        Some(negate(node, negated))
    }

    fn range(&mut self, left: Node, word: &str, own: u8, depth: u32) -> Option<Node> {
        let sqlite = self.dialect == Dialect::Sqlite;
        Some(match word {
            "in" => {
                let items = self.list(depth)?;
                Node::In(Box::new(left), items)
            }
            "between" => {
                let symmetric = self.eat_word("symmetric");
                let low = self.expression(own, depth)?;
                if !self.eat_word("and") {
                    return None;
                }
                let high = self.expression(own, depth)?;
                let between = |low: Node, high: Node| {
                    Node::Between(Box::new(left.clone()), Box::new(low), Box::new(high))
                };
                if symmetric {
                    join(between(low.clone(), high.clone()), between(high, low), false)
                } else {
                    between(low, high)
                }
            }
            "like" | "ilike" => {
                let right = self.expression(own, depth)?;
                let mut escape = (!sqlite).then_some('\\');
                if self.eat_word("escape") {
                    let Node::Constant(Value::Text(text, _)) = self.expression(own, depth)? else { return None };
                    escape = text.chars().next();
                }
                matches(left, right, Kind::Like { folds: word == "ilike" || sqlite, escape })
            }
            "similar" => {
                if !self.eat_word("to") {
                    return None;
                }
                matches(left, self.expression(own, depth)?, Kind::Similar)
            }
            "regexp" | "rlike" => {
                let folds = self.dialect == Dialect::MySql;
                matches(left, self.expression(own, depth)?, Kind::Regex { folds })
            }
            "glob" => matches(left, self.expression(own, depth)?, Kind::Glob),
            "match" => {
                let right = self.expression(own, depth)?;
                Node::Opaque(vec![left, right])
            }
            _ => return None,
        })
    }

    /// `(a, b, ..)`.
    fn list(&mut self, depth: u32) -> Option<Vec<Node>> {
        if !self.eat("(") {
            return None;
        }
        let mut items = Vec::new();
        if self.eat(")") {
            return Some(items);
        }
        loop {
            items.push(self.expression(0, depth)?);
            if self.eat(")") {
                return Some(items);
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    fn primary(&mut self, depth: u32) -> Option<Node> {
        let token = self.peek()?.clone();
        if token.is("(") {
            let mut items = self.list(depth)?;
            return Some(if items.len() == 1 { items.remove(0) } else { Node::List(items) });
        }
        self.at += 1;
        match token {
            Token::Text(text) => Some(Node::Constant(Value::text(text))),
            Token::Bytes(bytes) => Some(Node::Constant(Value::Bytes(bytes))),
            Token::Number(text) => super::cell::number(&text).map(Node::Constant),
            Token::Symbol(_) => None,
            Token::Quoted(name) => {
                self.at -= 1;
                let last = self.path()?;
                if self.peek().is_some_and(|token| token.is("(")) {
                    return Some(Node::Call(last.to_ascii_lowercase(), self.list(depth)?));
                }
                match (self.column)(&last, true) {
                    Some(at) => Some(Node::Column(at)),
                    // SQLite takes a name that is none for a text.
                    None if self.dialect == Dialect::Sqlite && last == name => {
                        Some(Node::Constant(Value::text(name)))
                    }
                    None => None,
                }
            }
            Token::Word(word) => self.word(&word, depth),
        }
    }

    fn word(&mut self, word: &str, depth: u32) -> Option<Node> {
        let lower = word.to_ascii_lowercase();
        let called = self.peek().is_some_and(|token| token.is("("));
        match lower.as_str() {
            "null" => return Some(Node::Constant(Value::Null)),
            "true" => return Some(Node::Constant(self.boolean(true))),
            "false" => return Some(Node::Constant(self.boolean(false))),
            "case" => return self.case(depth),
            "array" if self.eat("[") => {
                let mut items = Vec::new();
                while !self.eat("]") {
                    items.push(self.expression(0, depth)?);
                    self.eat(",");
                }
                return Some(Node::List(items));
            }
            "cast" | "convert" if called => {
                self.eat("(");
                let inner = self.expression(0, depth)?;
                if !(self.eat_word("as") || self.eat(",")) {
                    return None;
                }
                let target = self.target()?;
                return self.eat(")").then(|| Node::Cast(Box::new(inner), target));
            }
            "extract" if called => {
                self.eat("(");
                let field = match self.peek()?.clone() {
                    Token::Word(field) | Token::Text(field) => field,
                    _ => return None,
                };
                self.at += 1;
                if !self.eat_word("from") {
                    return None;
                }
                let inner = self.expression(0, depth)?;
                let field = Node::Constant(Value::text(field.to_ascii_lowercase()));
                return self.eat(")").then(|| Node::Call("extract".into(), vec![field, inner]));
            }
            "trim" | "substring" | "position" | "overlay" if called => return self.wordy_call(&lower, depth),
            "row" if called => return self.list(depth).map(Node::List),
            "binary" if self.dialect == Dialect::MySql && !called => {
                let inner = self.expression(power::SIGN, depth)?;
                return Some(Node::Call("collate binary".into(), vec![inner]));
            }
            "interval" | "date" | "timestamp" | "time" | "timestamptz"
                if matches!(self.peek(), Some(Token::Text(_))) =>
            {
                let Some(Token::Text(text)) = self.peek().cloned() else { return None };
                self.at += 1;
                let target = target_of(&lower, None);
                return Some(Node::Cast(Box::new(Node::Constant(Value::text(text))), target));
            }
            "interval" if self.dialect == Dialect::MySql && !called => {
                // `INTERVAL 3 DAY`.
                let number = self.expression(power::SIGN, depth)?;
                let Some(Token::Word(unit)) = self.peek().cloned() else { return None };
                self.at += 1;
                let unit = Node::Constant(Value::text(unit.to_ascii_lowercase()));
                return Some(Node::Call("interval".into(), vec![number, unit]));
            }
            "current_date" | "current_timestamp" | "localtimestamp" | "current_time" | "localtime" => {
                if called {
                    self.list(depth)?;
                }
                return Some(Node::Call(lower, Vec::new()));
            }
            _ => {}
        }
        self.at -= 1;
        let last = self.path()?;
        if self.peek().is_some_and(|token| token.is("(")) {
            let arguments = self.list(depth)?;
            return Some(Node::Call(last.to_ascii_lowercase(), arguments));
        }
        (self.column)(&last, last != word).map(Node::Column)
    }

    fn boolean(&self, value: bool) -> Value {
        if self.dialect == Dialect::Postgres { Value::Boolean(value) } else { Value::Integer(value.into()) }
    }

    /// `TRIM(BOTH 'x' FROM a)`, `SUBSTRING(a FROM 1 FOR 2)`; also with commas.
    fn wordy_call(&mut self, name: &str, depth: u32) -> Option<Node> {
        self.eat("(");
        let mut name = name.to_owned();
        for (word, function) in [("both", "trim"), ("leading", "ltrim"), ("trailing", "rtrim")] {
            if self.eat_word(word) {
                name = function.to_owned();
            }
        }
        let mut arguments = Vec::new();
        let mut turned = false;
        if self.eat_word("from") {
            arguments.push(self.expression(0, depth)?);
        } else {
            arguments.push(self.expression(power::RANGE, depth)?);
        }
        while !self.eat(")") {
            if self.eat_word("from") || self.eat_word("in") {
                turned = name.ends_with("trim") || name == "position";
            } else if !(self.eat(",") || self.eat_word("for") || self.eat_word("placing")) {
                return None;
            }
            arguments.push(self.expression(power::RANGE, depth)?);
        }
        if turned && name.ends_with("trim") {
            arguments.reverse();
        }
        Some(Node::Call(name, arguments))
    }

    fn case(&mut self, depth: u32) -> Option<Node> {
        let operand = if self.sees_word("when") { None } else { Some(self.expression(0, depth)?) };
        let mut arms = Vec::new();
        while self.eat_word("when") {
            let mut when = self.expression(0, depth)?;
            if let Some(operand) = &operand {
                when = Node::Compare(Box::new(operand.clone()), Comparison::Equal, Box::new(when));
            }
            if !self.eat_word("then") {
                return None;
            }
            arms.push((when, self.expression(0, depth)?));
        }
        let rest = if self.eat_word("else") { Some(Box::new(self.expression(0, depth)?)) } else { None };
        self.eat_word("end").then_some(Node::Case(arms, rest))
    }

    /// A name with any qualifiers: its last part, folded as the database folds names without quotes.
    fn path(&mut self) -> Option<String> {
        loop {
            let name = match self.peek()? {
                Token::Word(name) if self.dialect == Dialect::Postgres => name.to_lowercase(),
                Token::Word(name) | Token::Quoted(name) => name.clone(),
                _ => return None,
            };
            self.at += 1;
            if !self.eat(".") {
                return Some(name);
            }
        }
    }

    /// A type's name and what belongs to it.
    fn target(&mut self) -> Option<Target> {
        let name = self.path()?.to_ascii_lowercase();
        let more = ["varying", "precision", "with", "without", "time", "zone", "integer", "int", "local"];
        let mut varying = false;
        let mut argument = None;
        loop {
            if more.iter().any(|word| self.eat_word(word)) {
                varying = true;
            } else if self.eat_words(&["character", "set"]) || self.eat_words(&["charset"]) {
                self.at += 1;
            } else if self.eat("(") {
                let mut numbers = Vec::new();
                while !self.eat(")") {
                    if let Token::Number(number) = self.peek()? {
                        numbers.push(number.parse::<u32>().ok()?);
                    }
                    self.at += 1;
                }
                argument = Some(numbers);
            } else if self.eat("[") {
                if !self.eat("]") {
                    return None;
                }
                return Some(Target::Other(format!("{name}[]")));
            } else {
                break;
            }
        }
        let name = if varying && name == "timestamp" { "timestamp" } else { &name };
        Some(target_of(name, argument))
    }
}

fn target_of(name: &str, argument: Option<Vec<u32>>) -> Target {
    let width = argument.as_ref().and_then(|numbers| numbers.first()).map(|width| *width as usize);
    match name {
        "text" | "citext" | "name" | "clob" | "nchar" => Target::Text(width),
        "varchar" | "nvarchar" => Target::Text(width),
        "character" | "char" | "bpchar" => Target::Text(width),
        "int" | "integer" | "int2" | "int4" | "int8" | "smallint" | "bigint" | "signed" | "unsigned" => {
            Target::Integer
        }
        "numeric" | "decimal" | "dec" => {
            Target::Numeric(argument.map(|numbers| numbers.get(1).copied().unwrap_or(0)))
        }
        "real" | "float" | "double" | "float4" | "float8" => Target::Float,
        "boolean" | "bool" => Target::Boolean,
        "date" => Target::Date,
        "timestamp" | "timestamptz" | "datetime" => Target::Timestamp,
        "time" => Target::Time,
        "interval" => Target::Interval,
        other => Target::Other(other.to_owned()),
    }
}

fn comparison(symbol: &str) -> Option<Comparison> {
    Some(match symbol {
        "=" | "==" => Comparison::Equal,
        "<>" | "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn negate(node: Node, negated: bool) -> Node {
    if negated { Node::Not(Box::new(node)) } else { node }
}

/// AND or OR, flat where one side is of the same kind already.
fn join(left: Node, right: Node, and: bool) -> Node {
    match (left, and) {
        (Node::And(mut list), true) => {
            list.push(right);
            Node::And(list)
        }
        (Node::Or(mut list), false) => {
            list.push(right);
            Node::Or(list)
        }
        (left, true) => Node::And(vec![left, right]),
        (left, false) => Node::Or(vec![left, right]),
    }
}

fn matches(left: Node, right: Node, kind: Kind) -> Node {
    let (kind, pattern) = match right.bare() {
        Node::Call(name, arguments) if name.starts_with("similar_to_escape") || name == "similar_escape" => {
            (Kind::Similar, arguments.first().map(Node::bare))
        }
        other => (kind, Some(other)),
    };
    let pattern = match pattern {
        Some(Node::Constant(Value::Text(text, _))) => Pattern::new(text, kind),
        _ => None,
    };
    Node::Matches(Box::new(left), pattern)
}

/// The items of an array literal without nested arrays: `{a,"b c"}`.
fn array(text: &str) -> Option<Vec<Node>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    if inner.contains(['{', '\\', '"']) {
        return None;
    }
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let item = |item: &str| match item.trim() {
        "NULL" => Node::Constant(Value::Null),
        text => Node::Constant(Value::text(text)),
    };
    Some(inner.split(',').map(item).collect())
}
