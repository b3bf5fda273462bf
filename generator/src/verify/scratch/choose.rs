//! Which of the documented answers a mock gives: the one that the request prefers (RFC 7240), else the first success.
//! It is compiled in the scratch package of a mock, and beside the generator's tests.

use super::Value;

/// What a request prefers.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Wish {
    /// `status=404`, or `code=404`.
    pub status: Option<u16>,
    /// `example=name`.
    pub example: Option<String>,
}

impl Wish {
    /// Reads the values of all `Prefer` headers. What it does not know is for others, and of what is said twice the first
    /// counts (RFC 7240, section 2).
    pub fn of<'h>(headers: impl IntoIterator<Item = &'h str>) -> Result<Self, String> {
        let mut wish = Self::default();
        for (name, value) in headers.into_iter().flat_map(preferences) {
            match name.as_str() {
                "status" | "code" if wish.status.is_none() => {
                    let status = value.parse().ok().filter(|status| (200..=599).contains(status));
                    wish.status = Some(status.ok_or_else(|| format!("`Prefer: {name}={value}` names no status from 200 to 599"))?);
                }
                "example" if value.is_empty() => return Err("`Prefer: example=` names no example".to_owned()),
                "example" if wish.example.is_none() => wish.example = Some(value),
                _ => {}
            }
        }
        Ok(wish)
    }

    /// The value of `Preference-Applied`, if something was wished.
    pub fn applied(&self) -> Option<String> {
        let status = self.status.map(|status| format!("status={status}"));
        let example = self.example.as_ref().map(|example| format!("example=\"{}\"", example.replace('\\', "\\\\").replace('"', "\\\"")));
        let all: Vec<String> = status.into_iter().chain(example).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

/// Names in lower case and values of one header; the parameters of a preference count like preferences.
fn preferences(header: &str) -> Vec<(String, String)> {
    let (mut found, mut name, mut value) = (Vec::new(), String::new(), String::new());
    let (mut in_value, mut quoted, mut escaped) = (false, false, false);
    for character in header.chars().chain([',']) {
        let text = if in_value { &mut value } else { &mut name };
        match character {
            _ if escaped => {
                text.push(character);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '=' if !quoted && !in_value => in_value = true,
            ',' | ';' if !quoted => {
                found.push((name.trim().to_lowercase(), value.trim().to_owned()));
                name.clear();
                value.clear();
                in_value = false;
            }
            _ => text.push(character),
        }
    }
    found
}

/// The answer to give; `preferred` says which of several media types the caller likes best. What is wished and not there is
/// said in words.
pub fn choose(answers: &[Value], wish: &Wish, preferred: impl Fn(&[&str]) -> usize) -> Result<Value, String> {
    let mut left: Vec<&Value> = answers.iter().collect();
    if let Some(status) = wish.status {
        let declared = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()];
        let declared = declared.iter().find(|declared| answers.iter().any(|answer| text(answer, "declared") == declared.as_str()));
        let declared = declared.ok_or_else(|| format!("status {status} is not documented here; {}", known(answers, "declared")))?;
        left.retain(|answer| text(answer, "declared") == declared);
    }
    if let Some(example) = &wish.example {
        left.retain(|answer| text(answer, "example") == example);
        if left.is_empty() {
            return Err(format!("there is no example `{example}` here; {}", known(answers, "example")));
        }
    }
    let first = *left.first().ok_or("no answer can be made up for this operation: what the document says of it contradicts itself")?;
    left.retain(|answer| text(answer, "declared") == text(first, "declared"));
    let media: Vec<&str> = left.iter().map(|answer| text(answer, "media")).collect();
    let mut answer = left.get(preferred(&media)).copied().unwrap_or(first).clone();
    if let (Some(members), Some(status)) = (answer.as_object_mut(), wish.status) {
        members.insert("status".to_owned(), Value::from(status));
    }
    Ok(answer)
}

fn text<'v>(answer: &'v Value, key: &str) -> &'v str {
    answer.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// What there is to choose from, in words.
fn known(answers: &[Value], key: &str) -> String {
    let mut names: Vec<&str> = answers.iter().map(|answer| text(answer, key)).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() { "there are none".to_owned() } else { format!("there is {}", names.join(", ")) }
}
