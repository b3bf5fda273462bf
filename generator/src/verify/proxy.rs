//! A proxy on loopback that records every exchange as it was on the wire. It changes nothing and judges nothing.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::oracle::judge::Exchange;

/// More than any case carries; a peer that sends without end is cut off here.
const LARGEST_BODY: usize = 64 << 20;

type Log = Arc<Mutex<Vec<Exchange>>>;

/// A proxy at work; it stops when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    upstream: SocketAddr,
    log: Log,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy in front of a server, on a free port of loopback.
    ///
    /// # Errors
    /// The port cannot be opened.
    pub async fn start(upstream: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let log = Log::default();
        let shared = Arc::clone(&log);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let log = Arc::clone(&shared);
                tokio::spawn(async move {
                    let service = service_fn(move |request| forward(upstream, Arc::clone(&log), request));
                    // A client may hang up at any time; what was exchanged until then is in the log.
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Ok(Self { address, upstream, log, task })
    }

    /// Where clients find it.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends a recorded request once more, as no client of ours would with other headers, and says with which status it is
    /// answered. It goes straight to the server, and in one piece: a server that refuses need not read a body to its end,
    /// and who still sends then may never see the answer (RFC 9112, section 9.6).
    ///
    /// # Errors
    /// It cannot be sent, or nothing comes back.
    pub async fn send(&self, exchange: &Exchange) -> Result<u16, AnyError> {
        let mut request = Request::builder().method(exchange.method.as_str()).uri(&exchange.target);
        for (name, value) in &exchange.request_headers {
            request = request.header(name, value.as_slice());
        }
        let stream = TcpStream::connect(self.upstream).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let body = Full::new(Bytes::from(exchange.request_body.clone()));
        let response = sender.send_request(request.body(body)?).await?;
        let status = response.status().as_u16();
        Limited::new(response.into_body(), LARGEST_BODY).collect().await?;
        Ok(status)
    }

    /// What was exchanged since the last call.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A body in pieces, each a chunk of its own on the wire.
struct Pieces(VecDeque<Bytes>);

impl Pieces {
    /// Bodies of many values are cut in odd places: inside of lines, line ends and characters.
    fn of(headers: &HeaderMap, mut body: Bytes) -> Self {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut pieces = VecDeque::new();
        if crate::media_type::sequence(content_type).is_some() {
            for size in [1, 2, 3, 5, 7, 11].into_iter().cycle().take(100) {
                pieces.push_back(body.split_to(body.len().min(size)));
            }
        }
        pieces.push_back(body);
        pieces.retain(|piece| !piece.is_empty());
        Self(pieces)
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        match self.0.len() {
            0 => SizeHint::with_exact(0),
            1 => SizeHint::with_exact(self.0.iter().map(|piece| piece.len() as u64).sum()),
            _ => SizeHint::default(),
        }
    }
}

async fn forward(upstream: SocketAddr, log: Log, request: Request<Incoming>) -> Result<Response<Pieces>, Infallible> {
    let mut exchange = Exchange::default();
    let answer = exchange_with(upstream, request, &mut exchange).await;
    log.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    Ok(answer.unwrap_or_else(|error| {
        let text = format!("the verifier's proxy could not pass this on: {error}");
        let mut response = Response::new(Pieces(VecDeque::from([Bytes::from(text)])));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response
    }))
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

async fn exchange_with(upstream: SocketAddr, request: Request<Incoming>, exchange: &mut Exchange) -> Result<Response<Pieces>, AnyError> {
    let (parts, body) = request.into_parts();
    exchange.method = parts.method.to_string();
    exchange.target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    exchange.request_headers = recorded(&parts.headers);
    let body = Limited::new(body, LARGEST_BODY).collect().await?.to_bytes();
    exchange.request_body = body.to_vec();

    let stream = TcpStream::connect(upstream).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let body = Pieces::of(&parts.headers, body);
    let response = sender.send_request(Request::from_parts(parts, body)).await?;
    let (parts, body) = response.into_parts();
    exchange.status = parts.status.as_u16();
    exchange.response_headers = recorded(&parts.headers);
    let body = Limited::new(body, LARGEST_BODY).collect().await?.to_bytes();
    exchange.response_body = body.to_vec();
    let body = Pieces::of(&parts.headers, body);
    Ok(Response::from_parts(parts, body))
}

fn recorded(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[test]
    fn records_both_ways_and_changes_nothing() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let upstream = listener.local_addr().unwrap();
            tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut read = vec![0; 4096];
                let mut length = 0;
                while !read[..length].ends_with(b"hi") {
                    length += stream.read(&mut read[length..]).await.unwrap();
                }
                stream.write_all(b"HTTP/1.1 418 Teapot\r\nx-b: 2\r\ncontent-length: 3\r\n\r\nyes").await.unwrap();
            });
            let proxy = Proxy::start(upstream).await.unwrap();
            let mut stream = TcpStream::connect(proxy.base().trim_start_matches("http://")).await.unwrap();
            stream
                .write_all(b"PUT /a%2Fb?c=%7C&d HTTP/1.1\r\nhost: x\r\nX-A: 1\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi")
                .await
                .unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 418") && answer.ends_with("yes"), "{answer}");
            let log = proxy.take();
            assert_eq!((log[0].method.as_str(), log[0].target.as_str(), log[0].status), ("PUT", "/a%2Fb?c=%7C&d", 418));
            assert_eq!((log[0].request_body.as_slice(), log[0].response_body.as_slice()), (&b"hi"[..], &b"yes"[..]));
            assert!(log[0].request_headers.contains(&("x-a".to_owned(), b"1".to_vec())));
            assert!(log[0].response_headers.contains(&("x-b".to_owned(), b"2".to_vec())));
            assert_eq!(proxy.take().len(), 0);
        });
    }
}
