//! Forms, from one end to the other.
// Clippy takes the helpers of tests for production code.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use serde_json::{Value, json};

use super::receive::{FormError, receive};
use super::{File, Form, Part, encode_multipart, gather, whole};
use crate::body::Body;
use crate::json::{self, Json, Reader, Side};
use crate::parameter::{Parameter, Style};

const PARTS: &[Part] = &[
    Part::text("t"),
    Part::plain("n"),
    Part::json("o"),
    Part::file("f"),
    Part::file("fs").list(),
    Part::text("ts").list(),
    Part::file("png").media_type("image/png"),
    Part::text("csv").media_type("text/csv"),
];

/// A form with a file, a list of them, and whatever else.
#[derive(Debug, Default)]
struct Upload {
    f: Option<File>,
    fs: Option<Vec<File>>,
    png: Option<File>,
    others: BTreeMap<String, Value>,
}

impl Json for Upload {
    fn read(reader: &mut Reader<'_>) -> Result<Self, json::Error> {
        let mut upload = Self::default();
        let Upload { f, fs, png, others } = &mut upload;
        reader.object(&mut |key, reader| match key {
            "f" => reader.optional(f, key),
            "fs" => reader.optional(fs, key),
            "png" => reader.optional(png, key),
            _ => {
                others.insert(key.to_owned(), reader.raw_value()?);
                Ok(true)
            }
        })?;
        Ok(upload)
    }

    fn write(&self, writer: &mut json::Writer) {
        let mut object = writer.object();
        object.optional("f", &self.f);
        object.optional("fs", &self.fs);
        object.optional("png", &self.png);
        object.extra(&self.others);
        object.end();
    }
}

/// The content of a body, in chunks.
struct Cut(Bytes, usize);

impl futures_core::Stream for Cut {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let size = self.1.min(self.0.len());
        Poll::Ready((size > 0).then(|| Ok(self.0.split_to(size))))
    }
}

fn upload(value: &Value) -> Upload {
    json::from_str(&value.to_string(), Side::Server).unwrap()
}

async fn received(content_type: &str, body: Body) -> Result<Value, String> {
    let form = receive(content_type, body, PARTS).await.map_err(|error| format!("{error:?}"))?;
    let form: Upload = form.read(Side::Server).map_err(|error| error.to_string())?;
    json::to_value(&gather(form, usize::MAX).await.unwrap()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn what_is_written_is_read() {
    let image = json!({"fileName": "a \"b\";ü\\c.png", "contentType": "image/png; q=\"1\"", "content": "iQ0KLS14AA=="});
    for fields in [
        json!({}),
        json!({"t": ""}),
        json!({"t": "a\r\n--form\r\nb", "n": 1.5}),
        json!({"n": true, "o": {"a": [null, "1"]}}),
        json!({"o": null, "ts": ["x"]}),
        json!({"ts": ["x", "", "ü"], "undeclared": "12", "other": [1]}),
        json!({"f": "plain text"}),
        json!({"f": image, "fs": [image, {"fileName": "e", "content": ""}, "text", {"fileName": "C:\\", "content": "AA=="}]}),
        json!({"a \"quoted\"\r\nname": "x", "csv": "a,b"}),
        json!({"f": {"headers": {"x-size": "7", "x-words": "a: \"b\", c"}, "content": "eA=="}}),
    ] {
        for size in [1, 10, usize::MAX] {
            let (content_type, body) = encode_multipart("multipart/form-data", &upload(&fields), PARTS).unwrap();
            let bytes = body.read(usize::MAX).await.unwrap();
            let body = Body::from_stream(Cut(bytes.clone(), size));
            assert_eq!(received(&content_type, body).await.as_ref(), Ok(&fields), "{}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[tokio::test]
async fn what_has_no_part_is_an_error() {
    for (fields, problem) in [
        (json!({"t": null}), "`null` has no text form"),
        (json!({"ts": []}), "an empty list"),
        (json!({"fs": []}), "an empty list"),
        (json!({"t": {}}), "no form for a value of this shape"),
        (json!({"%22": "x"}), "another value"),
        (json!({"f": {"contentType": "a\r\nb", "content": ""}}), "cannot stand in a header field"),
        (json!({"f": {"contentType": " a", "content": ""}}), "edges"),
        (json!({"f": {"fileName": "%0A", "content": ""}}), "another value"),
        (json!({"f": {"headers": {"Content-Type": "a/b"}, "content": ""}}), "another value"),
        (json!({"f": {"headers": {"x-a": " edge"}, "content": ""}}), "another value"),
    ] {
        let error = encode_multipart("multipart/form-data", &upload(&fields), PARTS).unwrap_err().to_string();
        assert!(error.contains(problem), "{fields}: {error}");
    }
}

#[tokio::test]
async fn parts_say_what_they_are() {
    let fields = json!({"csv": "a,b", "o": 1, "png": "x", "f": "y", "t": "z"});
    let (_, body) = encode_multipart("multipart/form-data", &upload(&fields), PARTS).unwrap();
    let text = String::from_utf8(body.as_bytes().unwrap().to_vec()).unwrap();
    for (name, line) in [("csv", "text/csv"), ("o", "application/json"), ("png", "image/png")] {
        assert!(text.contains(&format!("name=\"{name}\"\r\nContent-Type: {line}\r\n\r\n")), "{text}");
    }
    for name in ["f", "t"] {
        assert!(text.contains(&format!("name=\"{name}\"\r\n\r\n")), "{text}");
    }
    let own = json!({"png": {"contentType": "image/webp", "content": ""}});
    let (_, body) = encode_multipart("multipart/form-data", &upload(&own), PARTS).unwrap();
    assert!(body.as_bytes().unwrap().windows(24).any(|text| text == b"Content-Type: image/webp"));
}

#[tokio::test]
async fn files_are_streamed_out_with_a_length_where_it_is_known() {
    let known = |content: Body| Upload { f: Some(File::new("a", content)), ..Upload::default() };
    let (_, body) =
        encode_multipart("multipart/form-data", &known(Body::wrap(http_body_util::Full::new(Bytes::from_static(b"abc")))), PARTS).unwrap();
    let length = body.length().unwrap();
    assert!(body.as_bytes().is_none());
    assert_eq!(body.read(usize::MAX).await.unwrap().len() as u64, length);
    let (content_type, body) =
        encode_multipart("multipart/form-data", &known(Body::from_stream(Cut(Bytes::from_static(b"abc"), 1))), PARTS).unwrap();
    assert_eq!(body.length(), None);
    assert_eq!(received(&content_type, body).await.unwrap()["f"]["content"], "YWJj");
    let error = json::to_string(&known(Body::from_stream(Cut(Bytes::new(), 1)))).unwrap_err();
    assert_eq!(error.to_string(), "/f: a stream has no JSON form");
}

#[tokio::test]
async fn large_files_go_to_disk_and_come_back() {
    let large = Bytes::from("0123456789".repeat(300_000));
    let files = (0..3).map(|number| File::new(format!("{number}"), Body::from_stream(Cut(large.clone(), 50_000)))).collect();
    let small = File::new("small", "small");
    let (content_type, body) =
        encode_multipart("multipart/form-data", &Upload { f: Some(small), fs: Some(files), ..Upload::default() }, PARTS).unwrap();
    let form: Upload = receive(&content_type, body, PARTS).await.unwrap().read(Side::Server).unwrap();
    assert!(form.f.unwrap().content.as_bytes().is_some());
    for file in form.fs.unwrap() {
        assert!(file.content.as_bytes().is_none(), "in memory");
        assert_eq!(file.content.length(), Some(3_000_000));
        assert_eq!(file.content.read(usize::MAX).await.unwrap(), large);
    }
}

#[tokio::test]
async fn what_is_too_much_or_broken_is_said() {
    let part = |name: &str, content: &str| format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n");
    let end = "--B--\r\n";
    for (body, message) in [
        (part("t", "v") + &part("t", "w") + end, "part `t` is there twice"),
        (part("n", "x") + end, "part `n`"),
        (part("t", "v").replace("; name=\"t\"", "") + end, "no name"),
        (part("t", "v"), "breaks off before its last boundary"),
        (part("t", &"v".repeat(2 * 1024 * 1024 + 1)) + end, "TooMuch"),
        ((0..1025).map(|number| part(&format!("{number}"), "")).collect::<String>() + end, "TooMuch"),
    ] {
        let error = received("multipart/form-data; boundary=B", body.into()).await.unwrap_err();
        assert!(error.contains(message), "{error}");
    }
    let body = Body::from_stream(Cut((part("f", &"v".repeat(9000)) + end).into(), 100)).limited(5000);
    assert!(matches!(receive("multipart/form-data; boundary=B", body, PARTS).await, Err(FormError::Read(_))));
    assert!(Form::of(&1_i64).is_err());
}

/// Fields in the styles of query parameters, and one for all others.
const STYLED: &[Part] = &[
    Part::field(Parameter::form("ids").explode(false).list()),
    Part::field(Parameter::form("map").style(Style::DeepObject).object()),
    Part::text("t"),
    Part::file("").list().others(),
];

#[test]
fn styles_and_other_fields_in_both_directions() {
    #[derive(Debug, Default)]
    struct Styled(BTreeMap<String, Value>, BTreeMap<String, Vec<File>>);
    impl Json for Styled {
        fn read(reader: &mut Reader<'_>) -> Result<Self, json::Error> {
            let mut it = Self::default();
            reader.object(&mut |key, reader| {
                match key {
                    "ids" => drop(it.0.insert(key.to_owned(), reader.value::<Vec<i64>>()?.into())),
                    "map" | "t" => drop(it.0.insert(key.to_owned(), reader.raw_value()?)),
                    _ => drop(it.1.insert(key.to_owned(), reader.value()?)),
                }
                Ok(true)
            })?;
            Ok(it)
        }
        fn write(&self, writer: &mut json::Writer) {
            let mut object = writer.object();
            object.extra(&self.0);
            object.extra(&self.1);
            object.end();
        }
    }
    let styled = |value: &Value| json::from_str::<Styled>(&value.to_string(), Side::Server).unwrap();
    for (value, written) in [
        (json!({"ids": [1, 2], "t": "1"}), vec![("ids", "1,2"), ("t", "1")]),
        (json!({"map": {"a b": "x,y&z", "c": "%2C"}}), vec![("map[a b]", "x,y&z"), ("map[c]", "%2C")]),
        (json!({"more": ["x", {"fileName": "f", "content": "AA=="}]}), vec![("more", "x"), ("more", "\0")]),
    ] {
        let (content_type, body) = encode_multipart("multipart/mixed; boundary=no", &styled(&value), STYLED).unwrap();
        assert!(content_type.starts_with("multipart/mixed; boundary=form-"), "{content_type}");
        let bytes = body.as_bytes().unwrap();
        let text = String::from_utf8_lossy(bytes);
        for (name, content) in written {
            assert!(text.contains(&format!("name=\"{name}\"")) && text.contains(&format!("\r\n\r\n{content}\r\n")), "{text}");
        }
        let back: Styled = whole(&content_type, bytes, STYLED).unwrap().read(Side::Client).unwrap();
        assert_eq!(json::to_value(&back).unwrap(), value);
    }
    for value in [json!({"map": {}}), json!({"map": {"a": {}}})] {
        assert!(encode_multipart("multipart/form-data", &styled(&value), STYLED).is_err());
    }
}

#[test]
fn parts_without_names_are_known_by_their_place() {
    let body = "--B\r\nContent-Type: text/plain\r\n\r\nfirst\r\n--B\r\n\r\n2\r\n--B\r\nContent-ID: <o>\r\n\r\n[3]\r\n--B--";
    let form = whole("multipart/related; boundary=B", &Bytes::from_static(body.as_bytes()), PARTS).unwrap();
    let back: Upload = form.read(Side::Client).unwrap();
    assert_eq!(json::to_value(&back).unwrap(), json!({"t": "first", "n": 2, "o": [3]}));
    assert!(whole("multipart/form-data; boundary=B", &Bytes::from_static(body.as_bytes()), PARTS).is_err());
    assert!(whole("multipart/related; boundary=B", &Bytes::from_static(b"--B\r\n\r\nfirst"), PARTS).is_err());
}

#[tokio::test]
async fn heads_of_others_are_kept() {
    let text = "--B\r\nContent-Disposition: form-data; name=f\r\nX-Size:  7 \r\nContent-ID: <f>\r\nbroken name: x\r\nX-Bell: \u{7}\r\n\r\nx\r\n--B--\r\n";
    let found = received("multipart/form-data; boundary=B", Body::from(text)).await;
    assert_eq!(found, Ok(json!({"f": {"headers": {"x-size": "7"}, "content": "eA=="}})));
}
