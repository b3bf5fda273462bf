//! The client that the build script made talks to the server that it made.

use bothends_runtime::http::StatusCode;
use from_build_script::Home;
use from_build_script::shelf::client::{Client, Error};
use from_build_script::shelf::server::Server;

fn client() -> Client {
    let service = Server::new().books(Home).into_routes().into_service();
    bothends_runtime::client::Client::with_service("http://shelf.test", service).expect("an address").into()
}

#[tokio::test]
async fn a_book_is_found_and_another_is_not() {
    let book = client().get_book("0-14").await.expect("the book");
    assert_eq!((book.title.as_str(), book.pages), ("Dictionary", Some(900)));
    match client().get_book("1-1").await {
        Err(Error::Api(failure)) => assert_eq!((failure.status, failure.payload.detail.as_str()), (StatusCode::NOT_FOUND, "no book 1-1")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_second_document_is_part_of_the_api_as_the_overlay_has_it() {
    let refused = client().list_loans("r1").await.expect_err("nobody answers");
    assert_eq!(refused.status(), Some(StatusCode::NOT_IMPLEMENTED));
}
