import Basics
import Bulletin
import Foundation
import Hummingbird
import Logging
import Records
import Tokens

// The other side of deploy/bench.d/web.sh. Not shipped. Usage:
//   web-bench hello PORT           serves Hummingbird's own "hello" on loopback, until it is ended
//   web-bench waiting STATE COUNT  adds so many people who have not confirmed yet, and prints the path of each one's link

let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("hello", 3):
    let router = Router()
    router.get("/") { _, _ in "Hello" }
    let place = ApplicationConfiguration(address: .hostname("127.0.0.1", port: Int(arguments[2]) ?? 0))
    var logger = Logger(label: "hello")
    logger.logLevel = .error
    try await Application(router: router, configuration: place, logger: logger).run()
case ("waiting", 4):
    let folder = StateFolder(path: arguments[2])
    let (subscriberList, tokenKeys, now) = (try folder.subscriberList(), try folder.tokenKeys(), Date())
    let addresses = try (0..<(Int(arguments[3]) ?? 0)).map { try EmailAddress("waiting\($0)@example.org") }
    let people = addresses.map { address in
        var person = Subscriber(id: tokenKeys.id(for: address), status: .unconfirmed, since: now, address: address)
        person.asked = [now]
        return person
    }
    let byID = Dictionary(uniqueKeysWithValues: people.map { ($0.id, $0) })
    _ = try subscriberList.changeMany(people.map(\.id)) { id, _ in byID[id] }
    for person in people {
        let token = tokenKeys.token(
            .confirm, for: person.id, version: person.tokenVersion, until: now + AskingLimit.linkLife)
        print("/confirm/\(token)")
    }
default:
    FileHandle.standardError.write(Data("usage: web-bench hello PORT | waiting STATE COUNT\n".utf8))
    exit(64)
}
