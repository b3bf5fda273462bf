//! One table for each rule of cutting bodies into items, whatever chunks they come in.

use std::convert::Infallible;

use serde_json::{Value, json};

use super::*;
use crate::body::Body;

/// Bytes in chunks of this size, as a stream.
struct Chunks(Vec<u8>, usize);

impl Stream for Chunks {
    type Item = Result<Vec<u8>, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let size = self.1.min(self.0.len());
        let rest = self.0.split_off(size);
        let chunk = std::mem::replace(&mut self.0, rest);
        Poll::Ready((!chunk.is_empty()).then_some(Ok(chunk)))
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// All items, as JSON or in words, whatever chunks they come in.
fn read<F: Frame>(body: &[u8], manner: F::Manner) -> Vec<Value> {
    let read = |size: usize| {
        let mut items: Items<Value, F> = Items::received(Body::from_stream(Chunks(body.to_vec(), size)), manner, Side::Client, None);
        run(async {
            let mut all = Vec::new();
            while let Some(item) = items.next().await {
                all.push(item.unwrap_or_else(|error| json!({"error": error.to_string()})));
            }
            all
        })
    };
    let whole = read(usize::MAX);
    for size in [1, 2, 3, 5] {
        assert_eq!(read(size), whole, "in chunks of {size}");
    }
    whole
}

fn written<T: Json + Send + 'static, F: Frame>(items: Items<T, F>, manner: F::Manner) -> Result<String, String> {
    let bytes = run(items.into_body(manner).read(usize::MAX)).map_err(|error| format!("{:?}", error))?;
    Ok(String::from_utf8(bytes.to_vec()).unwrap())
}

#[test]
fn events_are_cut_as_browsers_do() {
    let cases: [(&str, &[u8], &[&str]); 14] = [
        ("line feeds", b"data: 1\n\ndata: 2\n\n", &["1", "2"]),
        ("carriage returns", b"data: 1\r\rdata: 2\r\r", &["1", "2"]),
        ("both", b"data: 1\r\n\r\ndata: 2\r\n\r\n", &["1", "2"]),
        ("mixed", b"data: 1\r\n\ndata: 2\n\r\n", &["1", "2"]),
        ("several lines", b"data: a\ndata: b\ndata\n\n", &["a\nb\n"]),
        ("one space is taken", b"data:a\n\ndata:  b\n\n", &["a", " b"]),
        ("no value", b"data\n\ndata:\n\n", &["", ""]),
        ("comments", b": one\ndata: a\n:two\n\n: three\n\n", &["a"]),
        ("unknown fields", b"what: 1\ndata: a\nDATA: b\n data: c\n\n", &["a"]),
        ("byte order mark", b"\xef\xbb\xbfdata: a\n\ndata: b\n\n\xef\xbb\xbfdata: c\n\n", &["a", "b"]),
        ("no data, no event", b"event: a\n\nid: 1\n\ndata: b\n\n", &["b"]),
        ("an end without an empty line", b"data: a\n\ndata: b\n", &["a"]),
        ("characters of several bytes", "data: žluťoučký 🐎\n\n".as_bytes(), &["žluťoučký 🐎"]),
        ("broken UTF-8", b"data: a\xff\n\n", &["a\u{fffd}"]),
    ];
    for (name, body, expected) in cases {
        assert_eq!(read::<Event>(body, Data::Text), expected, "{name}");
    }
}

#[test]
fn fields_of_events_are_read() {
    for (body, expected) in [
        ("event: up\ndata: x\nid: 7\nretry: 10\n\n", json!({"data": "x", "event": "up", "id": "7", "retry": 10})),
        ("event:\nid: a\0b\nretry: 1x\ndata: {}\n\n", json!({"data": "{}"})),
        ("event: a\nevent: b\ndata: x\n\n", json!({"data": "x", "event": "b"})),
    ] {
        assert_eq!(read::<Event>(body.as_bytes(), Data::Fields), [expected], "{body:?}");
    }
    assert_eq!(
        read::<Event>(b"event: a\ndata: [1]\n\ndata: [DONE]\n\n", Data::JsonFields),
        [json!({"data": [1], "event": "a"}), json!({"data": "[DONE]"})]
    );
}

#[test]
fn an_id_is_a_number_where_the_type_asks_for_one() {
    type Numbers = std::collections::BTreeMap<String, i64>;
    for (id, expected) in [("7", Some(7)), ("07", None), ("a", None)] {
        let event = Event { id: Some(id.to_owned()), ..Event::new("5") };
        let read = <Event as super::Frame>::read::<Numbers>(&event, Data::JsonFields, Side::Client.into()).ok();
        assert_eq!(read.and_then(|members| members.get("id").copied()), expected, "{id}");
        let read = <Event as super::Frame>::read::<Value>(&event, Data::JsonFields, Side::Client.into()).unwrap();
        assert_eq!(read, json!({"data": 5, "id": id}));
    }
}

#[test]
fn what_is_written_as_events_is_read() {
    let (text, event) = (json!("a\n\nb: c"), json!({"data": " x\ny", "event": "up", "id": "7", "retry": 0}));
    for (manner, value, body) in [
        (Data::Json, json!({"a": "b\nc"}), "data: {\"a\":\"b\\nc\"}\n\n"),
        (Data::Text, text, "data: a\ndata: \ndata: b: c\n\n"),
        (Data::Text, json!(""), "data: \n\n"),
        (Data::Fields, event, "event: up\nid: 7\nretry: 0\ndata:  x\ndata: y\n\n"),
        (Data::JsonFields, json!({"data": {"a": 1}}), "data: {\"a\":1}\n\n"),
        (Data::JsonFields, json!({"data": "[DONE]"}), "data: [DONE]\n\n"),
        (Data::JsonFields, json!({"data": "5"}), "data: \"5\"\n\n"),
    ] {
        assert_eq!(written(Events::from_iter([value.clone()]), manner).as_deref(), Ok(body));
        assert_eq!(read::<Event>(body.as_bytes(), manner), [value], "{body:?}");
    }
}

#[test]
fn what_no_event_can_carry_breaks_the_body_off() {
    for (manner, value, message) in [
        (Data::Text, json!("a\rb"), "/data: has a character that an event cannot carry there"),
        (Data::Fields, json!({"data": "a", "event": "a\nb"}), "/event: has a character that an event cannot carry there"),
        (Data::Fields, json!({"data": "a", "id": ""}), "/id: has a character that an event cannot carry there"),
        (Data::Fields, json!({"event": "a"}), "an event has data"),
        (Data::Fields, json!({"data": "a", "more": 1}), "/more: no field of an event"),
        (Data::Fields, json!(1), "an event is an object"),
        (Data::Fields, json!({"data": "a", "retry": -1}), "/retry: wanted a number of milliseconds"),
        (Data::Fields, json!({"data": null}), "/data: `null` has no text form"),
        (Data::Text, json!(null), "`null` has no text form"),
    ] {
        let error = written(Events::from_iter([value]), manner).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn texts_are_cut_at_their_separators() {
    let cases: [(&str, Separator, &[u8], Value); 8] = [
        ("line feeds", Separator::LineFeed, b"1\n{\"a\": 2}\n", json!([1, {"a": 2}])),
        ("the last line feed is missing", Separator::LineFeed, b"1\n2", json!([1, 2])),
        ("carriage returns and empty lines", Separator::LineFeed, b"\r\n1\r\n\n \n2\r\n", json!([1, 2])),
        ("byte order mark", Separator::LineFeed, b"\xef\xbb\xbf1\n", json!([1])),
        ("characters of several bytes", Separator::LineFeed, "\"ž🐎\"\n".as_bytes(), json!(["ž🐎"])),
        ("record separators", Separator::Record, b"\x1e1\n\x1e{\"a\":\n2}\n\x1e\x1e3", json!([1, {"a": 2}, 3])),
        (
            "an item that is none is an error and the rest goes on",
            Separator::LineFeed,
            b"1\n{\n2\n",
            json!([1, {"error": "item 1: byte 1: expected a string, found the end of the text"}, 2]),
        ),
        ("nothing", Separator::Record, b"", json!([])),
    ];
    for (name, separator, body, expected) in cases {
        assert_eq!(Value::from(read::<Line>(body, separator)), expected, "{name}");
    }
    let items = || JsonLines::from_iter([json!("a\nb"), Value::Null]);
    assert_eq!(written(items(), Separator::LineFeed).as_deref(), Ok("\"a\\nb\"\nnull\n"));
    assert_eq!(written(items(), Separator::Record).as_deref(), Ok("\u{1e}\"a\\nb\"\n\u{1e}null\n"));
}

#[test]
fn an_item_that_does_not_fit_keeps_its_text() {
    let body = Body::from("data: 1\n\ndata: [DONE]\n\ndata: 2\n\n");
    let mut items: Events<i64> = Items::received(body, Data::Json, Side::Client, None);
    run(async {
        assert_eq!(items.next().await.unwrap().unwrap(), 1);
        let error = items.next().await.unwrap().unwrap_err();
        assert_eq!((error.text(), error.to_string().starts_with("item 1: ")), (Some("[DONE]"), true), "{error}");
        let (event, value) = items.next_raw().await.unwrap().unwrap();
        assert_eq!((event, value), (Event::new("2"), Ok(2)));
        assert!(items.next().await.is_none());
    });
}

#[test]
fn what_nobody_took_is_passed_on_whole() {
    for size in [1, 2, 9, 1000] {
        let lines = || {
            Items::<i64, Line>::received(Body::from_stream(Chunks(b"1\n2\n3\n".to_vec(), size)), Separator::LineFeed, Side::Client, None)
        };
        assert_eq!(written(lines(), Separator::LineFeed).as_deref(), Ok("1\n2\n3\n"));
        assert_eq!(written(lines(), Separator::Record).as_deref(), Ok("\u{1e}1\n\u{1e}2\n\u{1e}3\n"), "another framing");
        let mut begun = lines();
        assert_eq!(run(begun.next()).unwrap().unwrap(), 1);
        assert_eq!(written(begun, Separator::LineFeed).as_deref(), Ok("2\n3\n"), "in chunks of {size}");
    }
}

#[test]
fn an_item_without_end_is_not_kept() {
    for size in [1, 7, 1000] {
        let body = Body::from_stream(Chunks([b"data: 1\n\ndata: ".as_slice(), &[b'x'; 5000]].concat(), size));
        let mut items = Events::<Value>::received(body, Data::Text, Side::Client, None).with_limit(64);
        run(async {
            let mut last = items.next().await.unwrap();
            if last.is_ok() {
                last = items.next().await.unwrap();
            }
            assert!(matches!(last, Err(ItemError::TooLong { limit: 64, .. })), "{last:?}");
            assert!(items.next().await.is_none());
        });
    }
}

#[test]
fn a_server_may_send_events_as_they_stand_and_fail() {
    let raw = Events::<i64>::raw(Listed(vec![Event { event: Some("end".into()), ..Event::new("[DONE]") }].into_iter()));
    assert_eq!(written(raw, Data::Json).as_deref(), Ok("event: end\ndata: [DONE]\n\n"));
    let failing = JsonLines::try_new(Listed(vec![Ok(1), Err("no more")].into_iter()));
    assert!(written(failing, Separator::LineFeed).unwrap_err().contains("no more"));
}

#[cfg(any(feature = "client", feature = "server"))]
#[test]
fn a_stream_with_nothing_to_say_is_kept_alive() {
    /// A number, once it is late.
    struct Late(Pin<Box<tokio::time::Sleep>>, bool);

    impl Stream for Late {
        type Item = i64;

        fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<i64>> {
            if self.1 {
                return Poll::Ready(None);
            }
            ready!(self.0.as_mut().poll(context));
            self.1 = true;
            Poll::Ready(Some(7))
        }
    }

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (events, lines) = runtime.block_on(async {
        let late = || Late(Box::pin(tokio::time::sleep(Duration::from_millis(150))), false);
        let every = Duration::from_millis(20);
        let events = Events::new(late()).keep_alive(every).into_body(Data::Json).read(1000).await.unwrap();
        (events, JsonLines::new(late()).keep_alive(every).into_body(Separator::Record).read(1000).await.unwrap())
    });
    assert!(events.starts_with(b":\n\n:\n\n") && events.ends_with(b":\n\ndata: 7\n\n"), "{events:?}");
    assert_eq!((read::<Event>(&events, Data::Json), read::<Line>(&lines, Separator::Record)), (vec![json!(7)], vec![json!(7)]));
}
