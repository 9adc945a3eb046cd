import Curl
import Foundation
import SMTP

// One side of deploy/bench: personal messages through SMTP, each recorded in a journal as a ledger has it. Not
// shipped. Usage: submission-bench PORT CONNECTIONS MESSAGES BYTES JOURNAL

let arguments = CommandLine.arguments
guard arguments.count == 6, let port = Int(arguments[1]), let connections = Int(arguments[2]),
    let messages = Int(arguments[3]), let bytes = Int(arguments[4])
else {
    FileHandle.standardError.write(
        Data("usage: submission-bench PORT CONNECTIONS MESSAGES BYTES JOURNAL\n".utf8))
    exit(64)
}

let journal = try Lines(arguments[5])
let queue = MessageQueue(capacity: 256)
let renderer = Thread { compose(messages, bytes, into: queue) }
renderer.start()
let relay = Relay(
    host: "127.0.0.1", port: port, tls: .none, hello: "bench.example.org", connections: connections,
    messagesPerConnection: .max)
let ending = await Submission(relays: [relay], source: queue, recorder: journal).run()
guard case .finished = ending, journal.accepted == messages else {
    FileHandle.standardError.write(Data("submission-bench: \(ending), \(journal.accepted) accepted\n".utf8))
    exit(1)
}
