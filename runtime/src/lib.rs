//! What generated code calls: JSON, parameters, routing, client, server.
