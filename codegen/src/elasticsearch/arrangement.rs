//! The forms of a text that has some words: in every order, each between blanks or at an end.

use super::clause::Piece;

/// The most words of one keyword: three stand in 96 forms, four in 768.
pub(super) const MAX_WORDS: usize = 3;

/// All forms. A word has no blank, so no two of them stand in one place.
pub(super) fn arrangements(words: &[String]) -> Vec<Vec<Piece>> {
    let mut forms = Vec::new();
    for order in orders(words) {
        let mut of_order: Vec<Form> = vec![Form::default(), Form::default().anything(" ")];
        for (n, word) in order.iter().enumerate() {
            let with = |form: Form| {
                let form = form.text(word);
                if n + 1 == order.len() {
                    vec![form.clone(), form.text(" ").anything("")]
                } else {
                    vec![form.clone().text(" "), form.text(" ").anything(" ")]
                }
            };
            of_order = of_order.into_iter().flat_map(with).collect();
        }
        forms.extend(of_order.into_iter().map(|Form(pieces)| pieces));
    }
    forms
}

/// A form up to some place; texts next to each other are one.
#[derive(Clone, Default)]
struct Form(Vec<Piece>);

impl Form {
    fn text(mut self, more: &str) -> Form {
        match self.0.last_mut() {
            Some(Piece::Text(text)) => text.push_str(more),
            _ if more.is_empty() => {}
            _ => self.0.push(Piece::Text(more.to_owned())),
        }
        self
    }

    /// Anything, and then this.
    fn anything(mut self, then: &str) -> Form {
        self.0.push(Piece::Any);
        self.text(then)
    }
}

fn orders(words: &[String]) -> Vec<Vec<&str>> {
    let Some((first, rest)) = words.split_first() else { return vec![Vec::new()] };
    let mut found = Vec::new();
    for order in orders(rest) {
        for at in 0..=order.len() {
            let mut order = order.clone();
            order.insert(at, first.as_str());
            found.push(order);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_in_every_place() {
        let forms = |words: &[&str]| -> Vec<String> {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let shown = |pieces: Vec<Piece>| -> String {
                let text = |piece: &Piece| if let Piece::Text(text) = piece { text.clone() } else { "*".to_owned() };
                pieces.iter().map(text).collect()
            };
            arrangements(&words).into_iter().map(shown).collect()
        };
        assert_eq!(forms(&["a"]), ["a", "a *", "* a", "* a *"]);
        let two = forms(&["a", "b"]);
        assert_eq!(two.len(), 16);
        assert_eq!(two[..4], ["a b", "a b *", "a * b", "a * b *"]);
        assert!(two.contains(&"* b * a *".to_owned()));
        assert_eq!(forms(&["a", "b", "c"]).len(), 96);
    }
}
