//! Callbell's webhook: events that all go to one address, told apart by their name.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::sync::{Arc, Mutex};

use bothends_runtime::client::Client;
use bothends_runtime::http::StatusCode;
use callbell_client::callbacks::{self, Context, Refusal, WebhooksCallbacks};
use callbell_client::types::operations::{ContactDeleted, ContactDeletedResponse, MessageCreated, MessageCreatedResponse};
use callbell_client::types::schemas::{
    Contact, ContactCreatedEvent, ContactCreatedName, ContactDeletedEvent, ContactDeletedName, ContactDeletedPayload, MessageCreatedEvent,
    MessageCreatedName, MessageCreatedPayload,
};
use callbell_server::callbacks::Sender;

const HOOK: &str = "http://receiver.invalid/my-webhook-endpoint";

/// What arrived.
type Seen = Arc<Mutex<Vec<String>>>;

struct Mine(Seen);

impl WebhooksCallbacks for Mine {
    async fn message_created(&self, request: MessageCreated, _: &Context) -> Result<MessageCreatedResponse, Refusal> {
        self.0.lock().unwrap().push(format!("text {}", request.body.payload.text.into_option().unwrap_or_default()));
        Ok(MessageCreatedResponse::Ok)
    }

    async fn contact_deleted(&self, request: ContactDeleted, _: &Context) -> Result<ContactDeletedResponse, Refusal> {
        self.0.lock().unwrap().push(format!("gone {}", request.body.payload.uuid));
        Ok(ContactDeletedResponse::Ok)
    }
}

#[tokio::test]
async fn each_event_goes_to_its_method() {
    let seen = Seen::default();
    let receiver = callbacks::webhooks(Mine(seen.clone())).into_service();
    let sender = Sender::from(Client::with_service("http://receiver.invalid", receiver).unwrap());

    let gone = ContactDeletedPayload::new("c".to_owned());
    sender.contact_deleted(HOOK, &ContactDeletedEvent { event: ContactDeletedName::ContactDeleted, payload: gone }).await.unwrap();
    let message = MessageCreatedPayload { text: "Hello".to_owned().into(), ..MessageCreatedPayload::default() };
    sender.message_created(HOOK, &MessageCreatedEvent { event: MessageCreatedName::MessageCreated, payload: message }).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["gone c", "text Hello"]);

    let event = ContactCreatedEvent { event: ContactCreatedName::ContactCreated, payload: Contact::new("c".to_owned()) };
    let error = sender.contact_created(HOOK, &event).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_IMPLEMENTED));
}
