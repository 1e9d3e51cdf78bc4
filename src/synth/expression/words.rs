//! What a word begins: literals, CASE, casts, calls, columns.

use super::parse::{Parser, power};
use super::parts::target_of;
use super::token::Token;
use super::tree::Node;
use super::value::{Comparison, Value};
use crate::table::Dialect;

impl Parser<'_> {
    pub(super) fn word(&mut self, word: &str, depth: u32) -> Option<Node> {
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
                let (Token::Word(field) | Token::Text(field)) = self.peek()?.clone() else { return None };
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
                function.clone_into(&mut name);
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
}
