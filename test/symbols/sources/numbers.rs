// Generic and inlined Rust with collections, traits and closures.
use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Display};

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Operator(char),
    Open,
    Close,
}

#[derive(Debug)]
enum Problem {
    Unknown(char),
    Unbalanced,
    Empty,
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Unknown(c) => write!(f, "unknown character {c:?}"),
            Problem::Unbalanced => f.write_str("unbalanced"),
            Problem::Empty => f.write_str("empty"),
        }
    }
}

trait Source {
    fn tokens(&self) -> Result<Vec<Token>, Problem>;
}

impl<T: AsRef<str>> Source for T {
    fn tokens(&self) -> Result<Vec<Token>, Problem> {
        let mut tokens = Vec::new();
        let mut chars = self.as_ref().chars().peekable();
        while let Some(&c) = chars.peek() {
            if c.is_ascii_digit() {
                let mut text = String::new();
                while let Some(d) = chars.next_if(|d| d.is_ascii_digit() || *d == '.') {
                    text.push(d);
                }
                tokens.push(Token::Number(text.parse().unwrap_or(f64::NAN)));
                continue;
            }
            chars.next();
            match c {
                '(' => tokens.push(Token::Open),
                ')' => tokens.push(Token::Close),
                '+' | '-' | '*' | '/' => tokens.push(Token::Operator(c)),
                c if c.is_whitespace() => {}
                c => return Err(Problem::Unknown(c)),
            }
        }
        Ok(tokens)
    }
}

fn precedence(operator: char) -> u8 {
    if matches!(operator, '*' | '/') { 2 } else { 1 }
}

fn apply(stack: &mut Vec<f64>, operator: char) -> Result<(), Problem> {
    let (b, a) = (stack.pop().ok_or(Problem::Empty)?, stack.pop().ok_or(Problem::Empty)?);
    stack.push(match operator {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        _ => a / b,
    });
    Ok(())
}

fn evaluate(source: &dyn Source) -> Result<f64, Problem> {
    let mut values = Vec::new();
    let mut operators: Vec<Token> = Vec::new();
    for token in source.tokens()? {
        match token {
            Token::Number(n) => values.push(n),
            Token::Open => operators.push(token),
            Token::Close => loop {
                match operators.pop().ok_or(Problem::Unbalanced)? {
                    Token::Operator(o) => apply(&mut values, o)?,
                    _ => break,
                }
            },
            Token::Operator(o) => {
                while let Some(Token::Operator(top)) = operators.last() {
                    if precedence(*top) < precedence(o) {
                        break;
                    }
                    let top = *top;
                    operators.pop();
                    apply(&mut values, top)?;
                }
                operators.push(token);
            }
        }
    }
    while let Some(Token::Operator(o)) = operators.pop() {
        apply(&mut values, o)?;
    }
    values.pop().ok_or(Problem::Empty)
}

fn main() {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut sorted = BTreeMap::new();
    for text in std::env::args().skip(1).chain(["1 + 2 * (3 - 4)", "2 $ 3", "(1"].map(String::from)) {
        *seen.entry(text.clone()).or_default() += 1;
        match evaluate(&text) {
            Ok(value) => println!("{text} = {value}"),
            Err(problem) => eprintln!("{text}: {problem}"),
        }
        sorted.insert(text.len(), text);
    }
    println!("{:?} {:?}", seen.values().map(|n| n * 2).sum::<usize>(), sorted);
}
