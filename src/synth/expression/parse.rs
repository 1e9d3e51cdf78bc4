//! Reads the text of a CHECK into a tree: operator precedence by binding powers, depth and length bounded.
//!
//! Operators and functions that we know nothing of become [`Node::Opaque`] and [`Node::Call`], so that the rest of the
//! expression still counts; what is no expression at all gives none.

use super::parts::{array, comparison, join, matches, negate, target_of};
use super::pattern::Kind;
use super::token::{Token, tokens};
use super::tree::{Node, Operator, Target, Test};
use super::value::{Comparison, Value};
use crate::table::Dialect;

/// Longer expressions are not read.
const LONGEST: usize = 20_000;
/// Nor deeper ones.
const DEEPEST: u32 = 60;
/// Nor those with more operators in a row, AND and OR aside.
const LONGEST_CHAIN: u32 = 60;

/// The binding powers of operators, weakest first.
pub(super) mod power {
    pub(in super::super) const OR: u8 = 1;
    pub(in super::super) const XOR: u8 = 2;
    pub(in super::super) const AND: u8 = 3;
    pub(in super::super) const NOT: u8 = 4;
    pub(in super::super) const COMPARE: u8 = 6;
    pub(in super::super) const RANGE: u8 = 7;
    pub(in super::super) const OTHER: u8 = 9;
    pub(in super::super) const ADD: u8 = 11;
    pub(in super::super) const MULTIPLY: u8 = 12;
    pub(in super::super) const POWER: u8 = 13;
    pub(in super::super) const CONCATENATE: u8 = 14;
    pub(in super::super) const SIGN: u8 = 15;
}

/// Reads `text`; `column` gives the place of a name, and says whether it stood in quotes.
pub(in crate::synth) fn parse(
    text: &str,
    dialect: Dialect,
    column: &dyn Fn(&str, bool) -> Option<usize>,
) -> Option<Node> {
    if text.len() > LONGEST {
        return None;
    }
    let tokens = tokens(text, dialect == Dialect::Sqlite)?;
    let mut parser = Parser { tokens: &tokens, at: 0, dialect, column };
    parser.eat_word("check");
    let node = parser.expression(0, DEEPEST)?;
    while parser.eat_words(&["not", "valid"]) || parser.eat_words(&["no", "inherit"]) {}
    (parser.at == tokens.len() && !node.is_deep()).then_some(node)
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
    let deep = elements.iter().map(|(node, _)| node).chain(&condition).any(Node::is_deep);
    (parser.at == tokens.len() && !deep).then_some((elements, condition))
}

pub(super) struct Parser<'t> {
    pub(super) tokens: &'t [Token],
    pub(super) at: usize,
    pub(super) dialect: Dialect,
    pub(super) column: &'t dyn Fn(&str, bool) -> Option<usize>,
}

impl Parser<'_> {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn eat(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is(symbol));
        self.at += usize::from(found);
        found
    }

    pub(super) fn sees_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
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
    pub(super) fn expression(&mut self, least: u8, depth: u32) -> Option<Node> {
        let depth = depth.checked_sub(1)?;
        let mut left = self.prefix(depth)?;
        let mut chain = 0;
        loop {
            let before = self.at;
            match self.infix(left, least, depth)? {
                (node, true) => {
                    left = node;
                    // AND and OR go into one node, all others make the tree deeper.
                    chain += u32::from(!matches!(left, Node::And(_) | Node::Or(_)));
                    if chain > LONGEST_CHAIN {
                        return None;
                    }
                }
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
            "in" | "between" | "like" | "ilike" | "similar" | "regexp" | "rlike" | "glob" | "match"
            | "not" => range,
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
                // Of truths, which are 0 and 1 there.
                let truth = |node: Node| Box::new(Node::Not(Box::new(Node::Not(Box::new(node)))));
                let right = self.expression(own, depth)?;
                Node::Compare(truth(left), Comparison::NotEqual, truth(right))
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
                    let Node::Constant(Value::Text(text, _)) = self.expression(own, depth)? else {
                        return None;
                    };
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
    pub(super) fn list(&mut self, depth: u32) -> Option<Vec<Node>> {
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

    /// A name with any qualifiers: its last part, folded as the database folds names without quotes.
    pub(super) fn path(&mut self) -> Option<String> {
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
    pub(super) fn target(&mut self) -> Option<Target> {
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
