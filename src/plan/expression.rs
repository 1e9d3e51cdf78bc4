//! Reads SQL conditions, as far as the plan can decide anything about them: CHECKs, domain CHECKs, index predicates,
//! and the conditions of a policy.
//!
//! A small parser of its own: comparisons, `IN`, `ANY`, `BETWEEN`, `IS NULL`, `AND`, `OR`, `NOT`, calls, casts. What it
//! cannot read is not an error but [`None`]: nobody can say then what the condition does. Depth and length are bounded.

use crate::table::quotes::quoted;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    /// A column, or `VALUE` in a domain.
    Name(String),
    /// A string literal.
    Text(String),
    /// A number as written.
    Number(String),
    /// NULL.
    Null,
    /// TRUE or FALSE.
    Boolean(bool),
    /// A function, by its name in lower case.
    Call(String, Vec<Expression>),
    /// `ARRAY[..]`, or a list in brackets.
    List(Vec<Expression>),
    /// A cast to a type, by the first word of its name in lower case.
    Cast(Box<Expression>, String),
    /// NOT.
    Not(Box<Expression>),
    /// AND of two or more.
    And(Vec<Expression>),
    /// OR of two or more.
    Or(Vec<Expression>),
    /// A comparison.
    Compare(Box<Expression>, Comparison, Box<Expression>),
    /// `IN (..)` or `= ANY (..)`.
    In(Box<Expression>, Vec<Expression>),
    /// `IS NULL`.
    IsNull(Box<Expression>),
    /// `IS TRUE`, `IS FALSE`, and `IS UNKNOWN` without a value.
    Is(Box<Expression>, Option<bool>),
    /// `IS DISTINCT FROM`.
    Distinct(Box<Expression>, Box<Expression>),
    /// `LIKE`; `ILIKE` with `true`.
    Like(Box<Expression>, Box<Expression>, bool),
    /// Any other operator on these.
    Other(Vec<Expression>),
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The operator with its sides exchanged.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }

    /// Whether it holds for values in this order.
    pub(super) fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// A token of SQL.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A word, in lower case.
    Word(String),
    /// A quoted identifier.
    Quoted(String),
    /// A string literal.
    Text(String),
    /// A number.
    Number(String),
    /// An operator, or one of `( ) [ ] , . ::`.
    Symbol(String),
}

impl Token {
    fn is(&self, symbol: &str) -> bool {
        matches!(self, Self::Symbol(own) if own == symbol)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word)
    }
}

/// Longer conditions are not read.
const LONGEST: usize = 4000;
/// Nor deeper ones.
const DEEPEST: u32 = 40;

/// Reads a condition; `CHECK`, `NOT VALID` and the like around it do not matter.
pub(super) fn parse(text: &str) -> Option<Expression> {
    let tokens = tokens(text)?;
    let tokens = tokens.strip_prefix(&[Token::Word("check".into())][..]).unwrap_or(&tokens);
    let mut parser = Parser { tokens, at: 0 };
    let expression = parser.or(DEEPEST)?;
    while parser.eat_word("not") && parser.eat_word("valid")
        || parser.eat_word("no") && parser.eat_word("inherit")
    {}
    (parser.at == tokens.len()).then_some(expression)
}

/// An index: its elements, and its condition if it has one: `(lower(a), b DESC) WHERE (c IS NULL)`.
pub(super) fn index(text: &str) -> Option<(Vec<Expression>, Option<Expression>)> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let mut elements = Vec::new();
    if !parser.eat("(") {
        return None;
    }
    loop {
        elements.push(parser.or(DEEPEST)?);
        // DESC, NULLS LAST, an operator class.
        while matches!(parser.peek(), Some(Token::Word(_))) {
            parser.at += 1;
        }
        if parser.eat(")") {
            break;
        }
        if !parser.eat(",") {
            return None;
        }
    }
    let condition = if parser.eat_word("where") { Some(parser.or(DEEPEST)?) } else { None };
    (parser.at == tokens.len()).then_some((elements, condition))
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = if first.is_whitespace() {
            first.len_utf8()
        } else if first == '\'' || first == '"' {
            let (value, len) = quoted(rest, first)?;
            // E'..' keeps its escapes to itself: its value is not what it looks like.
            if first == '\'' && tokens.last().is_some_and(|last: &Token| last.is_word("e")) {
                return None;
            }
            tokens.push(if first == '"' { Token::Quoted(value) } else { Token::Text(value) });
            len
        } else if first.is_ascii_digit() {
            let len = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
            tokens.push(Token::Number(rest[..len].to_owned()));
            len
        } else if first.is_alphabetic() || first == '_' {
            let len = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..len].to_lowercase()));
            len
        } else if "()[],.;".contains(first) {
            tokens.push(Token::Symbol(first.to_string()));
            1
        } else if rest.starts_with("::") {
            tokens.push(Token::Symbol("::".into()));
            2
        } else if "+-*/<>=~!@#%^&|`?:".contains(first) {
            let end = rest.find(|c: char| !"+-*/<>=~!@#%^&|`?:".contains(c)).unwrap_or(rest.len());
            // A sign is no part of the operator before it: `>= -1`.
            let len = if end > 1 && rest[..end].ends_with(['-', '+']) { end - 1 } else { end };
            if rest[..len].contains("--") || rest[..len].contains("/*") {
                return None;
            }
            tokens.push(Token::Symbol(rest[..len].to_owned()));
            len
        } else {
            return None;
        };
        rest = &rest[len..];
    }
    Some(tokens)
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
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

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(word));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self, depth: u32) -> Option<Expression> {
        let depth = depth.checked_sub(1)?;
        let mut parts = vec![self.and(depth)?];
        while self.eat_word("or") {
            parts.push(self.and(depth)?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Expression::Or(parts) })
    }

    fn and(&mut self, depth: u32) -> Option<Expression> {
        let mut parts = vec![self.not(depth)?];
        while self.eat_word("and") {
            parts.push(self.not(depth)?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Expression::And(parts) })
    }

    fn not(&mut self, depth: u32) -> Option<Expression> {
        let depth = depth.checked_sub(1)?;
        if self.eat_word("not") {
            return Some(Expression::Not(Box::new(self.not(depth)?)));
        }
        self.test(depth)
    }

    /// A comparison and what may follow one: `IS NULL`, `IN`, `BETWEEN`, `LIKE`.
    fn test(&mut self, depth: u32) -> Option<Expression> {
        let left = self.comparison(depth)?;
        if self.eat_word("is") {
            let negated = self.eat_word("not");
            let test = if self.eat_word("null") {
                Expression::IsNull(Box::new(left))
            } else if let Some((_, value)) = [("true", Some(true)), ("false", Some(false)), ("unknown", None)]
                .into_iter()
                .find(|(word, _)| self.eat_word(word))
            {
                Expression::Is(Box::new(left), value)
            } else if self.eat_word("distinct") && self.eat_word("from") {
                Expression::Distinct(Box::new(left), Box::new(self.comparison(depth)?))
            } else {
                return None;
            };
            return Some(negate(test, negated));
        }
        let negated = self.eat_word("not");
        let test = if self.eat_word("in") {
            Expression::In(Box::new(left), self.list("(", ")", depth)?)
        } else if self.eat_word("between") {
            let low = self.comparison(depth)?;
            if !self.eat_word("and") {
                return None;
            }
            let high = self.comparison(depth)?;
            Expression::And(vec![
                Expression::Compare(Box::new(left.clone()), Comparison::GreaterOrEqual, Box::new(low)),
                Expression::Compare(Box::new(left), Comparison::LessOrEqual, Box::new(high)),
            ])
        } else if let Some((_, folds)) =
            [("like", false), ("ilike", true)].into_iter().find(|(word, _)| self.eat_word(word))
        {
            Expression::Like(Box::new(left), Box::new(self.comparison(depth)?), folds)
        } else if self.eat_word("similar") && self.eat_word("to") {
            Expression::Other(vec![left, self.comparison(depth)?])
        } else if negated {
            return None;
        } else {
            left
        };
        Some(negate(test, negated))
    }

    fn comparison(&mut self, depth: u32) -> Option<Expression> {
        let left = self.operation(depth)?;
        let operator = match self.peek() {
            Some(Token::Symbol(symbol)) => match symbol.as_str() {
                "=" => Comparison::Equal,
                "<>" | "!=" => Comparison::NotEqual,
                "<" => Comparison::Less,
                "<=" => Comparison::LessOrEqual,
                ">" => Comparison::Greater,
                ">=" => Comparison::GreaterOrEqual,
                _ => return Some(left),
            },
            _ => return Some(left),
        };
        self.at += 1;
        let any = self.eat_word("any") || self.eat_word("some");
        if any || self.eat_word("all") {
            let depth = depth.checked_sub(1)?;
            if !self.eat("(") {
                return None;
            }
            let list = strip(self.or(depth)?);
            return match (list, self.eat(")")) {
                (Expression::List(items), true) if any && operator == Comparison::Equal => {
                    Some(Expression::In(Box::new(left), items))
                }
                (Expression::List(items), true) if !any && operator == Comparison::NotEqual => {
                    Some(Expression::Not(Box::new(Expression::In(Box::new(left), items))))
                }
                (list, true) => Some(Expression::Other(vec![left, list])),
                _ => None,
            };
        }
        let right = self.operation(depth)?;
        Some(Expression::Compare(Box::new(left), operator, Box::new(right)))
    }

    /// Operands joined by any other operators.
    fn operation(&mut self, depth: u32) -> Option<Expression> {
        let mut parts = vec![self.operand(depth)?];
        loop {
            match self.peek() {
                Some(Token::Symbol(symbol))
                    if !["=", "<>", "!=", "<", "<=", ">", ">=", "(", ")", "[", "]", ",", ".", ";", "::"]
                        .contains(&symbol.as_str()) =>
                {
                    self.at += 1;
                }
                _ => break,
            }
            parts.push(self.operand(depth)?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Expression::Other(parts) })
    }

    fn operand(&mut self, depth: u32) -> Option<Expression> {
        let depth = depth.checked_sub(1)?;
        if self.eat("-") {
            return Some(match self.operand(depth)? {
                Expression::Number(digits) => Expression::Number(format!("-{digits}")),
                other => Expression::Other(vec![other]),
            });
        }
        self.eat("+");
        let mut operand = self.primary(depth)?;
        let mut casts = 0;
        while self.eat("::") {
            casts += 1;
            let name = self.type_name()?;
            operand = match (operand, casts) {
                (_, 8..) => return None,
                // `'{a,b}'::text[]` is a list that we do not read.
                (Expression::Text(_), _) if name.ends_with("[]") => return None,
                (operand, _) => Expression::Cast(Box::new(operand), name),
            };
        }
        if self.eat_word("collate") {
            self.path()?;
        }
        Some(operand)
    }

    /// The first word of a type's name; the rest is skipped. `[]` is kept for arrays.
    fn type_name(&mut self) -> Option<String> {
        let mut name = self.path()?;
        let more = ["varying", "precision", "with", "without", "time", "zone"];
        while more.iter().any(|word| self.eat_word(word)) {}
        if self.eat("(") {
            while !self.eat(")") {
                self.peek()?;
                self.at += 1;
            }
        }
        while more.iter().any(|word| self.eat_word(word)) {}
        while self.eat("[") {
            if !self.eat("]") {
                return None;
            }
            name = format!("{}[]", name.trim_end_matches("[]"));
        }
        Some(name)
    }

    /// A name with any qualifiers: its last part.
    fn path(&mut self) -> Option<String> {
        loop {
            let name = match self.peek()? {
                Token::Word(name) | Token::Quoted(name) => name.clone(),
                _ => return None,
            };
            self.at += 1;
            if !self.eat(".") {
                return Some(name);
            }
        }
    }

    fn list(&mut self, open: &str, close: &str, depth: u32) -> Option<Vec<Expression>> {
        let mut items = Vec::new();
        if !self.eat(open) {
            return None;
        }
        if self.eat(close) {
            return Some(items);
        }
        loop {
            items.push(self.or(depth)?);
            if self.eat(close) {
                return Some(items);
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    fn primary(&mut self, depth: u32) -> Option<Expression> {
        match self.peek()?.clone() {
            Token::Text(text) => {
                self.at += 1;
                Some(Expression::Text(text))
            }
            Token::Number(digits) => {
                self.at += 1;
                Some(Expression::Number(digits))
            }
            Token::Symbol(symbol) if symbol == "(" => {
                let mut items = self.list("(", ")", depth)?;
                Some(if items.len() == 1 { items.remove(0) } else { Expression::List(items) })
            }
            Token::Symbol(_) => None,
            Token::Quoted(_) => self.name(depth),
            Token::Word(word) => match word.as_str() {
                "null" | "true" | "false" => {
                    self.at += 1;
                    Some(if word == "null" { Expression::Null } else { Expression::Boolean(word == "true") })
                }
                "current_date" | "current_timestamp" | "localtimestamp" | "current_user" | "current_time" => {
                    self.at += 1;
                    Some(Expression::Call(word, Vec::new()))
                }
                "array" => {
                    self.at += 1;
                    Some(Expression::List(self.list("[", "]", depth)?))
                }
                "case" | "exists" | "select" | "row" | "interval" | "cast" | "extract" => None,
                _ => self.name(depth),
            },
        }
    }

    /// A column, a call, or a literal with its type before it.
    fn name(&mut self, depth: u32) -> Option<Expression> {
        let name = self.path()?;
        if self.peek().is_some_and(|token| token.is("(")) {
            return Some(Expression::Call(name, self.list("(", ")", depth)?));
        }
        if let Some(Token::Text(text)) = self.peek() {
            let text = text.clone();
            self.at += 1;
            return Some(Expression::Cast(Box::new(Expression::Text(text)), name));
        }
        Some(Expression::Name(name))
    }
}

fn negate(expression: Expression, negated: bool) -> Expression {
    if negated { Expression::Not(Box::new(expression)) } else { expression }
}

/// The expression without casts around it.
fn strip(mut expression: Expression) -> Expression {
    while let Expression::Cast(inner, _) = expression {
        expression = *inner;
    }
    expression
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[expect(clippy::unnecessary_box_returns, reason = "expressions hold boxes")]
    fn name(name: &str) -> Box<Expression> {
        Box::new(Expression::Name(name.into()))
    }

    #[test]
    fn a_check_as_pg_dump_writes_it_is_read() {
        assert_eq!(
            parse("((char_length((code)::text) <= 5))"),
            Some(Expression::Compare(
                Box::new(Expression::Call(
                    "char_length".into(),
                    vec![Expression::Cast(name("code"), "text".into())]
                )),
                Comparison::LessOrEqual,
                Box::new(Expression::Number("5".into()))
            ))
        );
        let list = "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))";
        let Some(Expression::In(_, items)) = parse(list) else { panic!("{list}") };
        assert_eq!(items.len(), 2);
    }

    #[test]
    fn between_and_not_in_are_spelled_out() {
        assert!(
            matches!(parse("CHECK (x BETWEEN 1 AND 5 AND y > -3)"), Some(Expression::And(parts)) if parts.len() == 2)
        );
        assert!(matches!(parse("x NOT IN (1, 2)"), Some(Expression::Not(_))));
        assert_eq!(
            parse("\"Some Name\" IS NOT NULL"),
            Some(Expression::Not(Box::new(Expression::IsNull(name("Some Name")))))
        );
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        for text in [
            "",
            "(",
            "a = E'\\n'",
            "CASE WHEN a THEN b END",
            "EXTRACT(year FROM d) > 2000",
            "a = 'x",
            "a b c",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn depth_and_length_are_bounded() {
        assert_eq!(parse(&"(".repeat(1900)), None);
        assert_eq!(parse(&format!("{}a", "NOT ".repeat(900))), None);
        assert_eq!(parse(&format!("a{}", "::text".repeat(600))), None);
        assert_eq!(parse(&"-".repeat(3000)), None);
        assert!(matches!(parse(&format!("a{}", " OR a".repeat(700))), Some(Expression::Or(_))));
    }

    #[test]
    fn an_index_is_read_with_its_condition() {
        let (elements, condition) =
            index("(name, \"B\" DESC NULLS LAST, lower(c)) WHERE (tenant_id IS NULL)").unwrap();
        assert_eq!(elements[..2], [*name("name"), *name("B")]);
        assert!(matches!(elements[2], Expression::Call(..)));
        assert_eq!(condition, Some(Expression::IsNull(name("tenant_id"))));
        assert_eq!(index("(name) INCLUDE (x)"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "[a-c '\"()\\[\\],.:=<>!0-9\\-é]{0,60}") {
            parse(&text);
                index(&text);
        }
    }
}
