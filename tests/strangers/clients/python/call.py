"""Lets public Python clients call a running server: `call.py API PORT [EVERY]`. One row of JSON a line for each call.

Arguments come from the functions' signatures: their types where they have any, else their names. What counts is what was
on the wire; a client that refuses to send what is made up tries nothing. With EVERY, only every so many functions are called.
"""

import collections.abc
import inspect
import itertools
import json
import logging
import os
import sys
import tempfile
import types
import typing

ID = "abcdefghijklmnopqrstuvwxyz"
PNG = b"\x89PNG\x01\x02\x03"

WIRE = []


def note(method, url, sent, status, answer):
    body = sent.decode("utf-8", "replace") if isinstance(sent, bytes) else (sent or "")
    target = "/" + str(url).split("/", 3)[3]
    WIRE.append({"method": method, "url": target, "sent": body, "status": status, "answer": answer[:2000]})


def requests_sent():
    """What somebody can look up in a document: method, address, and a body of JSON."""
    for said in WIRE:
        request = {"method": said["method"], "url": said["url"]}
        try:
            request["body"] = json.loads(said["sent"])
        except ValueError:
            pass
        yield request


def listen():
    """Notes what the HTTP libraries of the clients send and get."""
    import httpx
    import requests

    send = requests.Session.send

    def noted_send(self, request, **options):
        # Made-up answers lead to made-up places; nobody goes there.
        answer = send(self, request, **{**options, "allow_redirects": False})
        note(request.method, request.url, request.body, answer.status_code, answer.text)
        return answer

    requests.Session.send = noted_send
    pass_on = httpx.Client.send

    def noted_pass(self, request, **options):
        answer = pass_on(self, request, **{**options, "follow_redirects": False})
        answer.read()
        try:
            sent = request.content
        except httpx.RequestNotRead:
            sent = b""
        note(request.method, request.url, sent, answer.status_code, answer.text)
        return answer

    httpx.Client.send = noted_pass


def reason(answer):
    try:
        problem = json.loads(answer)
        return problem.get("detail") or problem.get("title") or answer
    except (ValueError, AttributeError):
        return answer


def judge(thrown):
    """In one word how a call came out, and why; nothing if nothing was sent."""
    for said in WIRE:
        if said["status"] >= 400:
            absent = said["status"] in (404, 405)
            shown = f"{said['method']} {said['url']} {said['sent'][:300]}".strip()
            return ("absent" if absent else f"refused-{said['status']}", f"{reason(said['answer'])}: {shown}")
    if not WIRE:
        return None
    return ("threw", thrown) if thrown else ("fits", "")


def by_name(name):
    """A value for a parameter of which only the name is known."""
    words = name.strip("_").split("_")
    last = words[-1]
    lists = {"members", "users", "usernames", "emails", "rooms", "permissions", "ids", "names", "aliases"}
    whole = {
        "email": "ada@example.com",
        "avatar_url": "https://example.com/ada.png",
        "url": "https://example.com/hook",
        "username": "ada",
        "user_name": "ada",
        "max_uses": 10,
        "days": 7,
        "is_default": True,
        "default": True,
        "read_only": True,
        "encrypted": True,
        "favorite": True,
        "ignore": True,
        "active_status": True,
        "team_type": 0,
        "custom_fields": {"plan": "gold"},
        "user_type": "agent",
        "a_type": "all",
        "aliases": "engine",
        "emails": ["ada@example.com"],
        "user": "ada",
        "status_type": "away",
        "integrations_type": "webhook-incoming",
        "permissions": [{"_id": "view-room", "roles": ["admin"]}],
    }
    if name in whole:
        return whole[name]
    if last == "enabled":
        return True
    if last in ("since", "oldest", "latest", "start", "end", "update"):
        return "2026-01-02T03:04:05.000Z"
    if last == "file":
        return picture()
    if name in lists or last in lists:
        return ["ada"]
    if last in ("id", "rid", "mid", "tmid"):
        return ID
    return "text"


def picture():
    path = os.path.join(tempfile.gettempdir(), "strangers-picture.png")
    with open(path, "wb") as file:
        file.write(PNG)
    return path


def typed(kind, name):
    """A value of an annotation."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        some = [each for each in inner if each is not type(None)]
        if any(each in (bytes,) or each is tuple or typing.get_origin(each) is tuple for each in some):
            return ("picture.png", PNG, "image/png")
        return typed(some[0], name)
    if origin is typing.Literal:
        return inner[0]
    if origin in (list, collections.abc.Sequence, collections.abc.Iterable):
        return [typed(inner[0] if inner else str, name.removesuffix("s"))]
    if origin in (dict, collections.abc.Mapping):
        return {"key": typed(inner[1], name)} if inner and inner[1] is not typing.Any else {}
    if kind is bool:
        return True
    if kind is int:
        return 0 if name == "page" else 1
    if kind is float:
        return 1
    if kind is list:
        return [ID]
    if kind is dict:
        return {}
    if kind is str:
        value = by_name(name)
        return value if isinstance(value, str) else "text"
    return by_name(name)


# What callers put into a dictionary that no signature says anything of.
DICTIONARY = {
    "id": ID, "ids": [ID], "user_id": ID, "team_id": ID, "channel_id": ID, "post_id": ID, "emoji_name": "tada", "login_id": "ada",
    "password": "not-a-real-one", "new_password": "not-a-real-two", "current_password": "not-a-real-one", "username": "ada",
    "email": "ada@example.com", "name": "notes", "display_name": "Notes", "type": "O", "message": "Hello", "term": "ada", "terms": "ada",
    "is_or_search": False, "roles": "system_user", "active": True, "activate": True, "token": "made-up", "token_id": ID, "code": "123456",
    "session_id": ID, "device_id": "apple:made-up", "description": "A note", "status": "away", "trigger": "note", "method": "P",
    "url": "https://example.com/hook", "homepage": "https://example.com", "callback_urls": ["https://example.com/hook"], "command": "/away",
    "current_service": "email", "new_service": "ldap", "auth_data": "ada", "auth_service": "ldap", "scope": "team", "privacy": "P",
    "trigger_words": ["note"], "submission": {"name": "Ada"}, "props": {}, "prev_channel_id": ID, "invite_id": ID, "scheme_admin": False, "scheme_user": True,
    "scheme_id": ID, "trigger_id": ID, "level": "INFO", "format": "old", "post": {"channel_id": ID, "message": "Hello"},
    "dialog": {"title": "A question", "elements": []}, "redirect_uris": ["https://example.com/hook"], "access_token": "made-up",
    "metric": "made-up", "category": "display_settings", "value": "true", "version": "1.0.0", "action": "shorter", "desc": "A report",
    "emoji": "tada", "text": "Away", "duration": "",
}


class Known:
    """A client under its name, and its functions under theirs; and what a program does with it on a day."""

    def __init__(self, name, client, renew, groups, day):
        self.name, self.client, self.renew, self.groups, self.day = name, client, renew, groups, day

    def functions(self):
        for group in self.groups(self.client):
            owner = getattr(self.client, group) if group else self.client
            for name, function in inspect.getmembers(owner, callable):
                # Verbs of HTTP, connections and the like call no operation of their own.
                if name.startswith("_") or name in ("get", "post", "put", "delete", "call_api_get", "call_api_post", "call_api_put", "call_api_delete"):
                    continue
                if inspect.ismethod(function):
                    yield (f"{group}.{name}" if group else name), group, name, inspect.signature(function, eval_str=True)

    def call(self, group, name, arguments):
        # Some calls log in or out.
        self.renew(self.client)
        answer = getattr(getattr(self.client, group) if group else self.client, name)(**arguments)
        # Pages are asked for as they are needed; one is enough.
        if inspect.isgenerator(answer) or isinstance(answer, itertools.islice):
            list(itertools.islice(answer, 1))


# What may be in a parameter that no signature says anything of.
KINDS = (DICTIONARY, [ID], [DICTIONARY], {**DICTIONARY, "roles": ["system_user"]}, {}, "text")
# Names of the files in a form, likewise.
FILES = tuple({field: ("picture.png", PNG, "image/png")} for field in ("image", "files", "certificate", "license", "plugin", "file")) + (("picture.png", PNG),)


# By its name a thing or a list of things, with more or less in it.
CHOICES = {
    "members": ([{"userId": ID, "roles": ["member"]}], ["ada"]),
    "member": ({"userId": ID, "roles": ["owner"]}, "ada"),
    "rooms": ([ID],),
    "settings": ({"theme": "light"}, [{"_id": "Livechat_title", "value": "Help"}]),
    "message": ("Hello", {"rid": ID, "msg": "Hello"}),
}
# What is a dictionary by its name is meant to be given: nothing else says what is sent.
DICTIONARIES = ("options", "params", "data", "files")


def kinds(each):
    """All that may be tried for a parameter, if it is not declared."""
    bare = each.annotation is each.empty
    if bare and each.name == "files":
        return FILES
    if bare and each.name == "file":
        return (picture(), {"image": ("picture.png", PNG, "image/png")})
    if bare and each.name in CHOICES:
        return CHOICES[each.name]
    some = [inner for inner in typing.get_args(each.annotation) if inner is not type(None)]
    return KINDS if (bare and each.name in DICTIONARIES) or each.annotation is typing.Any or some == [typing.Any] else None


def stem(name):
    """What an identifier is of: of a user there may be an id or a name."""
    whole = {"username": "user", "user": "user", "channel": "room", "group": "room", "email": "user"}
    for ending in ("_id", "_name"):
        if name.endswith(ending):
            return name.removesuffix(ending)
    return whole.get(name)


def variants(signature):
    """What is given: the least, everything, and one name of each thing that has several; of each what may be tried in turn."""
    parameters = [each for each in signature.parameters.values() if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    value = {each.name: by_name(each.name) if each.annotation is each.empty else typed(each.annotation, each.name) for each in parameters}
    loose = {each.name: kinds(each) for each in parameters if kinds(each)}
    declared = all(each.annotation is not each.empty for each in parameters)
    needed = [each.name for each in parameters if each.default is each.empty or (each.name in DICTIONARIES and not declared)]
    spare = [each.name for each in parameters if each.name not in needed]

    def given(names):
        longest = max((len(loose[name]) for name in names if name in loose), default=1)
        for number in range(longest):
            yield {name: loose[name][number % len(loose[name])] if name in loose else value[name] for name in names}

    made = [("minimal", list(given(needed)))]
    if spare:
        made.append(("full", list(given(needed + spare))))
    for name in spare if not declared else ():
        others = [other for other in spare if other != name and stem(other) and stem(other) == stem(name)]
        if others:
            rest = [other for other in spare if stem(other) != stem(name)]
            # Of the other things that have several names, the first one is enough.
            rest = [other for number, other in enumerate(rest) if not stem(other) or stem(other) not in map(stem, rest[:number])]
            made.append((f"by {name}", list(given([*needed, name, *rest]))))
    return made


def one_day(known):
    """One row for each step; all steps are of one client, which goes on with what the server gave it."""
    for step, run in known.day.items():
        WIRE.clear()
        thrown = None
        try:
            run(known.client)
        except Exception as error:  # Whatever a client throws is the finding.
            thrown = f"{type(error).__name__}: {error}"[:300]
        outcome, detail = judge(thrown) or ("silent", thrown or "nothing was sent")
        yield {"operation": f"a day: {known.name}: {step}", "outcome": outcome, "detail": detail, "requests": list(requests_sent())}


def rows(known, every):
    yield from one_day(known)
    names = [each for each in known.functions()]
    for label, group, name, signature in names[::every]:
        tried = []
        for variant, tries in variants(signature):
            best = None
            for arguments in tries:
                WIRE.clear()
                thrown = None
                try:
                    known.call(group, name, arguments)
                except Exception as error:  # Whatever a client throws is the finding.
                    thrown = f"{type(error).__name__}: {error}"[:300]
                judged = judge(thrown)
                if judged:
                    judged = (*judged, list(requests_sent()))
                best = best or judged or (("silent", thrown, []) if thrown else None)
                if judged and judged[0] == "fits":
                    best = judged
                    break
            tried.append((variant, best))
        sent = [(variant, judged) for variant, judged in tried if judged and judged[0] != "silent"]
        # A client that refuses one set of arguments and takes another is right to.
        for variant, judged in sent or tried[:1]:
            if judged:
                yield {"operation": f"{known.name}: {label}", "place": variant, "outcome": judged[0], "detail": judged[1] or "", "requests": judged[2]}


# Playbooks are a plugin with a document of its own.
PLAYBOOKS = {"conditions", "internal", "playbook_autofollows", "playbook_runs", "playbooks", "timeline"}


def logged_in(given):
    if not given:
        raise ValueError("the client got no token")


def day_of_mattermostdriver():
    """Login to logout, with dictionaries that somebody wrote."""

    def login(driver):
        driver.client.token = ""
        driver.login()
        logged_in(driver.client.token and driver.client.userid)

    return {
        "login": login,
        "me": lambda driver: driver.users.get_user("me"),
        "users": lambda driver: driver.users.get_users({"per_page": 10}),
        "team": lambda driver: driver.teams.get_team_by_name("engines"),
        "channel": lambda driver: driver.channels.get_channel_by_name(ID, "notes"),
        "create channel": lambda driver: driver.channels.create_channel(
            {"team_id": ID, "name": "notes", "display_name": "Notes", "type": "O"}
        ),
        "direct channel": lambda driver: driver.channels.create_direct_message_channel([ID, ID]),
        "upload": lambda driver: driver.files.upload_file(ID, {"files": ("picture.png", PNG)})["file_infos"][0]["id"],
        "post": lambda driver: driver.posts.create_post({"channel_id": ID, "message": "Hello *world*", "file_ids": [ID]}),
        "patch post": lambda driver: driver.posts.patch_post(ID, {"message": "Hello again"}),
        "posts": lambda driver: driver.posts.get_posts_for_channel(ID, {"per_page": 10})["order"],
        "search": lambda driver: driver.posts.search_for_team_posts(ID, {"terms": "hello", "is_or_search": False}),
        "react": lambda driver: driver.reactions.create_reaction({"user_id": ID, "post_id": ID, "emoji_name": "tada"}),
        "status": lambda driver: driver.status.update_user_status(ID, {"user_id": ID, "status": "away"}),
        "delete post": lambda driver: driver.posts.delete_post(ID),
        "logout": lambda driver: driver.logout(),
    }


def day_of_mattermostautodriver():
    def login(driver):
        driver.client.token = ""
        driver.options["token"] = None
        driver.login()
        logged_in(driver.client.token and driver.client.userid)

    return {
        "login": login,
        "me": lambda driver: driver.users.get_user("me"),
        "team": lambda driver: driver.teams.get_team_by_name("engines"),
        "create channel": lambda driver: driver.channels.create_channel(team_id=ID, name="notes", display_name="Notes", type="O"),
        "upload": lambda driver: driver.files.upload_file(files=("picture.png", PNG, "image/png"), channel_id=ID),
        "post": lambda driver: driver.posts.create_post(channel_id=ID, message="Hello *world*"),
        "posts": lambda driver: driver.posts.get_posts_for_channel(ID, per_page=10),
        "delete post": lambda driver: driver.posts.delete_post(ID),
        "logout": lambda driver: driver.logout(),
    }


def mattermost(port):
    import mattermostautodriver
    import mattermostdriver

    options = {"scheme": "http", "url": "127.0.0.1", "port": port, "login_id": "ada", "password": "not-a-real-one"}

    def renew(driver):
        driver.client.token = "made-up"

    def groups(package):
        def of(driver):
            names = [name for name in dir(type(driver)) + list(vars(driver)) if not name.startswith("_")]
            names = (name for name in set(names) - PLAYBOOKS if type(getattr(driver, name)).__module__.startswith(f"{package}.endpoints"))
            return sorted(names)

        return of

    old, new = mattermostdriver.Driver(options), mattermostautodriver.TypedDriver({**options, "retry": False})
    yield Known("mattermostdriver", old, renew, groups("mattermostdriver"), day_of_mattermostdriver())
    yield Known("mattermostautodriver", new, renew, groups("mattermostautodriver"), day_of_mattermostautodriver())


def rocketchat(port):
    from rocketchat_API.rocketchat import RocketChat

    def renew(client):
        client.headers = {"X-Auth-Token": "made-up", "X-User-Id": ID}

    def login(client):
        client.headers = {}
        client.login("ada", "not-a-real-one")
        logged_in(client.headers.get("X-Auth-Token") and client.headers.get("X-User-Id"))

    day = {
        "login": login,
        "me": lambda client: client.me(),
        "user by name": lambda client: client.users_info(username="ada"),
        "channels": lambda client: list(itertools.islice(client.channels_list(), 1)),
        "create channel": lambda client: client.channels_create("notes", members=["ada"]),
        "channel by name": lambda client: client.channels_info(channel="general"),
        "history": lambda client: list(itertools.islice(client.channels_history("GENERAL", count=5), 1)),
        "message": lambda client: client.chat_post_message("Hello *world*", channel="general", alias="Ada"),
        "message with attachments": lambda client: client.chat_post_message(
            "Hello", room_id="GENERAL", attachments=[{"color": "#ff0000", "text": "Yay"}]
        ),
        "upload": lambda client: client.rooms_media("GENERAL", picture(), description="A picture"),
        "update": lambda client: client.chat_update("GENERAL", ID, "Hello again"),
        "react": lambda client: client.chat_react(ID, emoji="tada"),
        "direct message": lambda client: client.dm_create("ada"),
        "delete": lambda client: client.chat_delete("GENERAL", ID),
        "logout": lambda client: client.logout(),
    }
    yield Known("rocketchat_API", RocketChat(server_url=f"http://127.0.0.1:{port}"), renew, lambda _: [""], day)


def main():
    api, port, every = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    # Clients log what they think of an answer; only rows count.
    logging.disable(logging.CRITICAL)
    listen()
    for known in {"mattermost": mattermost, "rocketchat": rocketchat}[api](port):
        for row in rows(known, every):
            print(json.dumps(row), flush=True)


main()
