import Bulletin
import Foundation
import Journal
import Records
import TestSupport
import Testing
import Tokens

@Suite("Closed issues")
struct IssueStoreTests {
    let number = IssueNumber(24)
    let editions = Editions(
        subject: "Health bulletin 24: spring", mailHTML: "<p>\u{1}leave\u{2} £", mailText: "Leave: \u{1}leave\u{2}\n",
        webHTML: "<p>web", webText: "web\n")

    @Test("an issue and its status are read back unchanged")
    func roundTrip() throws {
        try withStateFolder { state in
            #expect(try state.issues.issue(number) == nil)
            #expect(try state.issues.status(number) == nil)
            let items = try (0..<3).map { _ in try state.queue.add { sampleItem($0) } }
            let issue = sampleIssue(24, items)
            try state.issues.save(issue)
            let status = IssueStatus(
                .held(.late(latest: 3600)), since: noon, sentAt: noon + 60, editionsHash: "ab", released: true,
                counts: DeliveryCounts(owed: 3))
            try state.issues.save(status, of: number)
            let again = StateFolder(path: state.path).issues
            #expect(try again.issue(number) == issue)
            #expect(try again.status(number) == status)
            #expect(try again.list() == [number])
        }
    }

    @Test("a finished issue is read again if its files were changed, by this process or another")
    func changedSince() throws {
        try withStateFolder { state in
            var status = IssueStatus(.sent(), since: noon)
            try state.issues.save(sampleIssue(24, []))
            try state.issues.save(status, of: number)
            for _ in 0..<2 {
                #expect(try state.issues.status(number) == status)
                #expect(try state.issues.issue(number)?.introduction == sampleIssue(24, []).introduction)
            }
            var changed = sampleIssue(24, [])
            changed.introduction = "Put right by hand"
            status = IssueStatus(.sent(onTheWordOf: "ann"), since: noon)
            let another = StateFolder(path: state.path).issues
            try another.save(changed)
            try another.save(status, of: number)
            #expect(try state.issues.issue(number) == changed)
            #expect(try state.issues.status(number) == status)
            changed.introduction = "Put right again"
            try state.issues.save(changed)
            #expect(try state.issues.issue(number) == changed)
        }
    }

    @Test("items are known to have appeared, except in skipped issues")
    func appearances() throws {
        try withStateFolder { state in
            let items = try (0..<3).map { _ in try state.queue.add { sampleItem($0) } }
            try state.issues.save(sampleIssue(9, [items[0], items[1]]))
            try state.issues.save(sampleIssue(10, [items[1]]))
            try state.issues.save(sampleIssue(12345, [items[2]]))
            try state.issues.save(IssueStatus(.skipped(.empty), since: noon), of: IssueNumber(12345))
            #expect(
                try state.issues.appearances() == [
                    items[0].id: [IssueNumber(9)], items[1].id: [IssueNumber(9), IssueNumber(10)],
                ])
            #expect(try state.issues.list().map(\.value) == [9, 10, 12345])
        }
    }

    @Test("a damaged or misplaced file, or one of an unknown version, is refused with its path")
    func damage() throws {
        try withStateFolder { state in
            try state.issues.save(sampleIssue(24, []))
            let path = state.path + "/issues/0024/issue.json"
            let good = try String(contentsOfFile: path, encoding: .utf8)
            for (text, words) in [
                (good.replacing("\"formatVersion\" : 1", with: "\"formatVersion\" : 2"), "is written in version 2"),
                (
                    good.replacing("  \"formatVersion\" : 1", with: "  \"formatVersion\" : null"),
                    "does not say its version"
                ),
                (good.replacing("\"number\" : 24", with: "\"number\" : 25"), "says that it is issue 25"),
                (String(good.dropLast(10)), "it is not JSON"), ("", "it is not JSON"),
                (
                    good.replacing("2026-12-02T11", with: "2026-13-02T11"),
                    "sends: 2026-13-02T11:00:00.123Z is not a time"
                ),
            ] {
                try text.write(toFile: path, atomically: false, encoding: .utf8)
                let fault = #expect(throws: DocumentFault.self) { try state.issues.issue(number) }
                #expect(fault?.path == path)
                #expect(fault?.why.contains(words) == true, "\(fault?.why ?? "")")
            }
        }
    }

    @Test("editions may be rendered again until they are fixed, and are then the same bytes or none")
    func editionsAreFixed() throws {
        try withStateFolder { state in
            #expect(try state.issues.editions(number) == nil)
            #expect(throws: EditionFault.self) { try state.issues.fix(number) }
            try state.issues.save(IssueStatus(.closed, since: noon), of: number)
            try state.issues.save(editions, of: number)
            var other = editions
            other.subject = "Another"
            try state.issues.save(other, of: number)
            #expect(try state.issues.editions(number) == other)
            try state.issues.save(editions, of: number)
            #expect(try state.issues.fix(number) == editions)
            #expect(try state.issues.fix(number) == editions)
            #expect(throws: EditionFault.fixed(number)) { try state.issues.save(other, of: number) }
            #expect(try StateFolder(path: state.path).issues.editions(number) == editions)
            let hash = try #require(try state.issues.status(number)?.editionsHash)
            #expect(hash.utf8.count == 64)
        }
    }

    @Test(
        "no byte of a fixed edition can change unnoticed",
        arguments: ["mail.html", "mail.txt", "web.html", "web.txt", "editions.json"])
    func tampering(name: String) throws {
        try withStateFolder { state in
            try state.issues.save(IssueStatus(.closed, since: noon), of: number)
            try state.issues.save(editions, of: number)
            _ = try state.issues.fix(number)
            let folder = state.path + "/issues/0024"
            let good = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            let changed = name == "editions.json" ? good.replacing("spring", with: "autumn") : good + " "
            try changed.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
            #expect(throws: EditionFault.changed(folder)) { try state.issues.editions(number) }
            #expect(throws: EditionFault.changed(folder)) { try state.issues.fix(number) }
            try good.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
            #expect(try state.issues.editions(number) == editions)
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            if name != "editions.json" {
                #expect(throws: EditionFault.missing("\(folder)/\(name)")) { try state.issues.editions(number) }
            }
        }
    }

    @Test("the hash tells where one edition ends and the next begins")
    func hash() {
        #expect(ContentHash.hexadecimal(of: [[1, 2], [3]]) != ContentHash.hexadecimal(of: [[1], [2, 3]]))
        #expect(
            ContentHash.hexadecimal(of: Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("an issue keeps its pictures")
    func pictures() throws {
        try withStateFolder { state in
            let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1]
            let name = try state.pictures.take(png, from: "table.png")
            #expect(
                try state.issues.keepPictures([name, "none.png"], from: state.pictures, of: number) == ["none.png"])
            try FileManager.default.removeItem(atPath: "\(state.path)/editorial/pictures/\(name)")
            #expect(try state.issues.picture(name, of: number) == png)
            #expect(try permissions("\(state.path)/issues/0024/pictures/\(name)") == 0o640)
            #expect(try state.issues.picture("../issue.json", of: number) == nil)
        }
    }
}

@Suite("The daemon's lock and the outbox")
struct DaemonLockTests {
    @Test("the second daemon is told who holds the folder, and may have it afterwards")
    func held() throws {
        try withStateFolder { state in
            #expect(try state.runningDaemon() == nil)
            try {
                let lock = try state.holdDaemonLock(at: noon)
                let pid = ProcessInfo.processInfo.processIdentifier
                let held = #expect(throws: DaemonLock.Held.self) {
                    try StateFolder(path: state.path).holdDaemonLock(at: noon + 60)
                }
                #expect(held?.holder?.pid == pid)
                #expect(held?.description.contains("process \(pid) on ") == true)
                #expect(held?.description.contains("since 2026-12-02T10:00:00.123Z") == true)
                #expect(try state.runningDaemon()?.pid == pid)
                withExtendedLifetime(lock) {}
            }()
            let lock = try state.holdDaemonLock(at: noon)
            withExtendedLifetime(lock) {}
        }
    }

    @Test("a holder with another signature still keeps others out")
    func unsigned() throws {
        try withStateFolder { state in
            let lock = try state.holdDaemonLock(at: noon)
            try "nonsense".write(toFile: state.path + "/daemon.lock", atomically: false, encoding: .utf8)
            let held = #expect(throws: DaemonLock.Held.self) { try state.holdDaemonLock(at: noon) }
            #expect(held?.holder == nil)
            #expect(try state.runningDaemon() == nil)
            withExtendedLifetime(lock) {}
        }
    }

    @Test("a letter of the outbox is there once, until it is removed")
    func outbox() throws {
        try withStateFolder { state in
            let address = try EmailAddress("ann@example.net")
            let one = Outbox.HelpLetter(id: person(1), address: address, asked: noon)
            let two = Outbox.HelpLetter(id: person(2), address: address, asked: noon)
            for letter in [one, two, one] { try state.outbox.put(letter) }
            try "{".write(toFile: state.path + "/outbox/torn.json", atomically: false, encoding: .utf8)
            let listing = try StateFolder(path: state.path).outbox.list()
            #expect(Set(listing.letters) == [one, two] && listing.letters.count == 2)
            #expect(listing.damaged.map(\.path) == [state.path + "/outbox/torn.json"])
            try state.outbox.remove(one)
            try state.outbox.remove(one)
            #expect(try state.outbox.list().letters == [two])
        }
    }
}
