//! Typed values out of JSON, and answers as JSON: what every program that is emitted around generated code shares.
//! It is compiled only in scratch packages.

use std::pin::Pin;
use std::task::{Context, Poll};

use bothends_runtime::body::Stream;
use bothends_runtime::bytes::Bytes;
use bothends_runtime::http::StatusCode;
use bothends_runtime::items::{Frame, Items};
use bothends_runtime::json::{self, Json, Side};
use bothends_runtime::serde_json::{Value, json};
use bothends_runtime::{Base64, Blob, Body, Headers, Reply};

/// What goes wrong between JSON and typed values.
pub type Trouble = String;

pub fn read<T: Json>(value: &Value) -> Result<T, Trouble> {
    json::from_str(&value.to_string(), Side::Server).map_err(|error| error.to_string())
}

pub fn write<T: Json>(value: &T) -> Result<Value, Trouble> {
    let text = json::to_string(value).map_err(|error| error.to_string())?;
    json::from_str(&text, Side::Client).map_err(|error| error.to_string())
}

pub fn json_in<T: Json>(value: &Value) -> Result<T, Trouble> {
    read(value)
}

pub fn json_out<T: Json>(value: &T) -> Result<Value, Trouble> {
    write(value)
}

pub fn bytes_in(value: &Value) -> Result<Body, Trouble> {
    let Base64(bytes) = read(value)?;
    // In two chunks: whoever reads the first one only is noticed.
    let half = bytes.len() / 2;
    Ok(Body::from_stream(Chunks([bytes.slice(..half), bytes.slice(half..)].into_iter())))
}

struct Chunks(std::array::IntoIter<Bytes, 2>);

impl Stream for Chunks {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

/// Bytes of which nothing more is known are base64 text, others an object with their media type.
pub fn blob_in(value: &Value) -> Result<Blob, Trouble> {
    match (value.get("contentType").and_then(Value::as_str), value.get("content")) {
        (Some(content_type), Some(content)) => bytes_in(content).map(|content| Blob::new(content_type, content)),
        _ => bytes_in(value).map(Blob::from),
    }
}

/// A list of items.
pub fn items_in<T: Json + Send + 'static, F: Frame>(value: &Value) -> Result<Items<T, F>, Trouble> {
    let items: Vec<T> = read(value)?;
    Ok(items.into_iter().collect())
}

/// An answer as JSON.
pub struct Answer {
    pub declared: String,
    pub status: u16,
    /// Media type and value.
    pub body: Option<(String, Value)>,
    /// Declared headers: name to value.
    pub headers: Value,
}

impl Answer {
    pub fn of(value: &Value) -> Self {
        Self {
            declared: value["declared"].as_str().unwrap_or_default().to_owned(),
            status: value["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default(),
            body: value.get("body").map(|body| (value["media"].as_str().unwrap_or_default().to_owned(), body.clone())),
            headers: value["headers"].clone(),
        }
    }

    pub fn new(declared: &str, status: u16, body: Option<(&str, Value)>) -> Self {
        let body = body.map(|(media, body)| (media.to_owned(), body));
        Self { declared: declared.to_owned(), status, body, headers: json!({}) }
    }

    /// With the declared headers of a reply.
    pub fn with_headers(mut self, headers: Value) -> Self {
        self.headers = headers;
        self
    }

    pub fn body(&self) -> Result<(&str, &Value), Trouble> {
        let (media, body) = self.body.as_ref().ok_or("the case lacks the body")?;
        Ok((media, body))
    }

    /// The body with the status and the declared headers.
    pub fn reply<T, H: Headers>(&self, body: T) -> Result<Reply<T, H>, Trouble> {
        let status = StatusCode::from_u16(self.status).map_err(|error| error.to_string())?;
        let declared = read(&self.headers).map_err(|error| format!("headers: {error}"))?;
        Ok(Reply::new(status, body).with_declared(declared))
    }

    pub fn json(self) -> Value {
        let mut value = json!({"declared": self.declared, "status": self.status, "headers": self.headers});
        if let (Some(members), Some((media, body))) = (value.as_object_mut(), self.body) {
            members.insert("media".to_owned(), json!(media));
            members.insert("body".to_owned(), body);
        }
        value
    }
}
