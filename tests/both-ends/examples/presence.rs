//! One person's presence in four systems at once: read, or set.
//!
//! ```text
//! cargo xtask mock                                                                   # four servers with made-up answers
//! cargo run --manifest-path tests/both-ends/Cargo.toml --example presence            # read
//! cargo run --manifest-path tests/both-ends/Cargo.toml --example presence -- away    # set: here, away
//! ```
//!
//! By default it speaks to these servers on ports 8080 to 8083. `CALLBELL_URL`, `MATTERMOST_TOKEN`, `ROCKETCHAT_USER` and their
//! like point it at real ones; see `Account`.

use std::error::Error;
use std::process::ExitCode;

type Answer = Result<String, Box<dyn Error>>;

/// What has to be known of the person in one system, from the environment.
struct Account {
    url: String,
    token: String,
    user: String,
}

impl Account {
    fn of(system: &str, port: u16, user: &str) -> Self {
        let read = |what: &str, default: String| std::env::var(format!("{system}_{what}")).unwrap_or(default);
        Self {
            url: read("URL", format!("http://127.0.0.1:{port}")),
            token: read("TOKEN", "made-up".to_owned()),
            user: read("USER", user.to_owned()),
        }
    }
}

async fn callbell(here: Option<bool>) -> Answer {
    use callbell_client::Client;
    use callbell_client::types::schemas::UpdateUserStatusBody;

    let account = Account::of("CALLBELL", 8080, "u1");
    let client = Client::new(&account.url)?.with_bearer_token(account.token);
    if let Some(here) = here {
        // A custom status that is left out stays as it is; `null` would clear it.
        let body = UpdateUserStatusBody { available: Some(here), ..UpdateUserStatusBody::default() };
        client.update_user_status(&account.user, &body).await?;
    }
    // Only members of a team can be read.
    let teams = client.list_teams().await?;
    let team = teams.teams.first().ok_or("there is no team")?;
    let members = client.list_team_members(&team.uuid, Default::default()).await?;
    let member = members.users.first().ok_or("the team has no members")?;
    Ok(match member.available {
        Some(true) => "here".to_owned(),
        Some(false) => "away".to_owned(),
        None => "unknown".to_owned(),
    })
}

async fn mattermost(here: Option<bool>) -> Answer {
    use mattermost_client::Client;
    use mattermost_client::types::schemas::{Presence, UpdateUserStatusBody};

    let account = Account::of("MATTERMOST", 8081, "me");
    let client = Client::new(&account.url)?.with_bearer_token(account.token);
    let status = match here {
        Some(here) => {
            let presence = if here { Presence::Online } else { Presence::Away };
            client.update_user_status(&account.user, &UpdateUserStatusBody::new(account.user.clone(), presence)).await?
        }
        None => client.get_user_status(&account.user).await?,
    };
    Ok(status.status.as_ref().map_or("unknown", |presence| presence.as_str()).to_owned())
}

async fn rocketchat(here: Option<bool>) -> Answer {
    use rocketchat_client::types::schemas::{UserStatus, UsersSetStatusBody};
    use rocketchat_client::{Client, UsersGetStatusOptions, UsersSetStatusOptions};

    let account = Account::of("ROCKETCHAT", 8082, "me");
    let client = Client::new(&account.url)?.with_auth_token(account.token).with_user_id(account.user.as_str());
    if let Some(here) = here {
        let status = if here { UserStatus::Online } else { UserStatus::Away };
        let body = UsersSetStatusBody { status: Some(status), ..UsersSetStatusBody::default() };
        client.users_set_status(UsersSetStatusOptions { body: Some(body) }).await?;
    }
    let status = client.users_get_status(UsersGetStatusOptions { user_id: Some(account.user) }).await?;
    Ok(status.status.as_ref().map_or("unknown", |status| status.as_str()).to_owned())
}

async fn superoffice(here: Option<bool>) -> Answer {
    use superoffice_client::Client;
    use superoffice_client::types::schemas::{EjUserStatus, UserPresenceStatus};

    let account = Account::of("SUPEROFFICE", 8083, "1");
    let associate = account.user.parse()?;
    // Set once, and sent with every call that knows it.
    let client = Client::new(&account.url)?.with_bearer_token(account.token).with_so_language("en");
    let presence = match here {
        Some(here) => {
            let status = if here { EjUserStatus::StatusNormal } else { EjUserStatus::StatusNotAvailable };
            let body = UserPresenceStatus { status: Some(status), ..UserPresenceStatus::default() };
            client.set_user_presence_status(associate, body).await?
        }
        None => client.get_user_presence_status(associate).await?,
    };
    Ok(presence.status.as_ref().map_or("unknown", |status| status.as_str()).to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let here = match std::env::args().nth(1).as_deref() {
        None => None,
        Some("here") => Some(true),
        Some("away") => Some(false),
        Some(other) => {
            eprintln!("`{other}` is neither `here` nor `away`");
            return ExitCode::from(2);
        }
    };
    let answers = tokio::join!(callbell(here), mattermost(here), rocketchat(here), superoffice(here));
    let mut failed = false;
    for (system, answer) in
        [("Callbell", answers.0), ("Mattermost", answers.1), ("Rocket.Chat", answers.2), ("SuperOffice", answers.3)]
    {
        match answer {
            Ok(presence) => println!("{system:12} {presence}"),
            Err(error) => {
                failed = true;
                println!("{system:12} failed: {error}");
            }
        }
    }
    ExitCode::from(u8::from(failed))
}
