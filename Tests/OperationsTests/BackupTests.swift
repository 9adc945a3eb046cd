import Bulletin
import BulletinSupport
import Foundation
import Journal
import Planning
import Publishing
import Records
import Settings
import TestSupport
import Testing
import Tokens

@testable import Operations

@Suite("A backup")
struct BackupTests {
    private let now = TestBulletin.sends + 86_400

    @Test("is one file that only its owner and tar can read, with everything but locks")
    func holdsEverything() throws {
        try TestBulletin.withSentIssue { bulletin in
            let path = bulletin.scratch + "/backup.tar"
            let manifest = try MakeBackup(of: bulletin.folder, configuration: bulletin.context.configuration.file)(
                to: path, at: now)
            #expect(try SystemDisk().status(at: path)?.permissions == 0o600)
            let names = manifest.files.map(\.name)
            for name in [
                "configuration/fortnight.yaml", "state/secret", "state/format.json", "state/issues/0001/issue.json",
                "state/deliveries/0001.jsonl", "state/subscriptions/roll.jsonl",
            ] { #expect(names.contains(name), "\(name)") }
            #expect(!names.contains { $0.hasSuffix(".lock") })
            // The subscriber list identifies the people of ledgers, so it is copied last.
            #expect(names.last == "state/subscriptions/roll.jsonl")
            let listing = try Shell.run("tar", "-tf", path)
            #expect(listing.split(separator: "\n").map(String.init) == names + ["backup.json"])
            #expect(try BackupFile(path).checked() == manifest)
        }
    }

    @Test("is refused when any byte of it was changed, or it breaks off")
    func noticesEveryChange() throws {
        try TestBulletin.withSentIssue { bulletin in
            let path = bulletin.scratch + "/backup.tar"
            let manifest = try MakeBackup(of: bulletin.folder, configuration: nil)(to: path, at: now)
            let whole = try #require(try SystemDisk().content(of: path))
            var generator = RepeatableGenerator(seed: 7)
            let end = whole.count - 20 * 512
            for _ in 0..<200 {
                var bytes = whole
                let place = Int.random(in: 0..<end, using: &generator)
                bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
                try Data(bytes).write(to: URL(filePath: path))
                // Padding carries no content, and a space in the manifest may be a tab.
                if let read = try? BackupFile(path).checked() { #expect(read == manifest, "byte \(place)") }
            }
            for length in stride(from: 0, to: end, by: 997) {
                try Data(whole[..<length]).write(to: URL(filePath: path))
                #expect(throws: BackupFault.self) { try BackupFile(path).checked() }
            }
        }
    }

    @Test("accepts no file that would be written outside the folder")
    func staysInPlace() throws {
        for name in ["../secret", "/etc/passwd", "state//x", "state/./x", "a/../../b"] {
            let header = try TarHeader(name: name, length: 0, permissions: 0o600, modified: 0).bytes()
            #expect(throws: BackupFault.self) { try TarHeader(header) }
        }
    }

    @Test("reads the headers it writes", arguments: [0, 1, 511, 512, 8_589_934_591, 8_589_934_592, 1 << 50])
    func headers(length: Int) throws {
        let name = String(repeating: "f", count: 90) + "/" + String(repeating: "n", count: 95)
        let header = TarHeader(name: name, length: length, permissions: 0o2640, modified: 1_796_205_600)
        #expect(try TarHeader(header.bytes()) == header)
        let long = TarHeader(name: String(repeating: "n", count: 101), length: 0, permissions: 0, modified: 0)
        #expect(throws: BackupFault.nameTooLong(long.name)) { try long.bytes() }
    }

    @Test("is consistent while others write")
    func beside() async throws {
        try await withScratchFolder { scratch in
            let folder = StateFolder(path: scratch + "/state")
            try folder.make(at: now)
            let tokenKeys = try folder.tokenKeys()
            let subscriberList = try folder.subscriberList()
            async let writing: Void = {
                for number in 0..<300 {
                    let address = try EmailAddress("reader\(number)@example.org")
                    let id = tokenKeys.id(for: address)
                    try subscriberList.change(id) { _ in
                        Subscriber(id: id, status: .active, since: now, address: address)
                    }
                    if number % 50 == 49 { try subscriberList.compact() }
                }
            }()
            for round in 0..<10 {
                let path = "\(scratch)/\(round).tar"
                try MakeBackup(of: folder, configuration: nil)(to: path, at: now)
                let report = try CheckBackup(BackupFile(path))(at: now)
                #expect(!report.isWrong, "\(report.findings)")
            }
            try await writing
        }
    }

    @Test("leaves nothing behind on a full disk")
    func fullDisk() throws {
        try TestBulletin.withSentIssue { bulletin in
            let path = bulletin.scratch + "/backup.tar"
            var verb = 1
            while true {
                let disk = RiggedDisk()
                disk.refuse(at: verb, .fromThenOn)
                do {
                    try MakeBackup(of: bulletin.folder, configuration: nil, disk: disk)(to: path, at: now)
                    break
                } catch is DiskFault {}
                #expect(try SystemDisk().status(at: path) == nil || BackupFile(path).checked().files.count > 0)
                verb += 1
            }
            #expect(verb > 20)
        }
    }
}

@Suite("Restoring a backup")
struct RestoreTests {
    private let taken = TestBulletin.sends + 86_400
    private let later = TestBulletin.sends + 3 * 86_400

    private func restored(
        _ bulletin: TestBulletin, from backup: String, damaged: String?
    ) throws -> RestoreBackup.Report {
        let file = try BackupFile(backup)
        try bulletin.folder.make(at: later)
        return try RestoreBackup(into: bulletin.folder)(file, file.checked(), damaged: damaged, at: later)
    }

    @Test("overwrites nothing, and says how to proceed")
    func overwritesNothing() throws {
        try TestBulletin.withSentIssue { bulletin in
            let path = bulletin.scratch + "/backup.tar"
            try MakeBackup(of: bulletin.folder, configuration: nil)(to: path, at: taken)
            let error = #expect(throws: RestoreFault.self) { try RestoreBackup(into: bulletin.folder).checkFree() }
            #expect(error?.description.contains("mv \(bulletin.path) \(bulletin.path).damaged") == true)
        }
    }

    @Test("keeps later leavers unsubscribed, names the gap, and sends nothing until a person has accepted it")
    func laterWishes() throws {
        try TestBulletin.withSentIssue { bulletin in
            try bulletin.leave("reader5@example.org", at: taken - 60)
            let path = bulletin.scratch + "/backup.tar"
            try MakeBackup(of: bulletin.folder, configuration: nil)(to: path, at: taken)
            try bulletin.leave("reader1@example.org", at: taken + 60)
            try bulletin.join("new@example.org", at: taken + 3600)
            // The line with which reader5 left is damaged: the last readable one is older.
            try bulletin.spoil("subscriptions/roll.jsonl") { text in
                var lines = text.split(separator: "\n").map(String.init)
                for index in lines.indices
                where lines[index].contains("reader5") && lines[index].contains("unsubscribed") {
                    lines[index] = String(lines[index].dropLast(30))
                }
                text = lines.joined(separator: "\n") + "\n"
            }
            let damaged = bulletin.path + ".damaged"
            try FileManager.default.moveItem(atPath: bulletin.path, toPath: damaged)
            let report = try restored(bulletin, from: path, damaged: damaged)
            #expect(report.requests?.taken == 2 && report.requests?.damagedLines == 1)
            #expect(try bulletin.status(of: "reader1@example.org") == .unsubscribed)
            #expect(try bulletin.status(of: "reader5@example.org") == .unsubscribed)
            #expect(try bulletin.status(of: "new@example.org") == .active)
            #expect(report.restoration.gapFrom == taken + 3600 && report.restoration.gapUntil == later)
            #expect(try bulletin.folder.openRestoration() == report.restoration)

            let accept = AcceptRestoration(bulletin.context, subscriberList: try bulletin.folder.subscriberList())
            #expect(throws: RestoreFault.sentBefore(IssueNumber(0), highest: IssueNumber(1))) {
                try accept(sentThrough: 0, at: later, by: "kit")
            }
            #expect(throws: RestoreFault.notDueYet(IssueNumber(9), highest: 2)) {
                try accept(sentThrough: 9, at: later, by: "kit")
            }
            _ = try accept(sentThrough: 1, at: later, by: "kit")
            #expect(try bulletin.folder.openRestoration() == nil)
            #expect(throws: RestoreFault.self) { try accept(sentThrough: 1, at: later, by: "kit") }
        }
    }

    @Test("counts issues of the gap as sent, so that none is sent twice")
    func sentThrough() throws {
        try TestBulletin.withSentIssue { bulletin in
            let path = bulletin.scratch + "/backup.tar"
            try MakeBackup(of: bulletin.folder, configuration: nil)(to: path, at: taken)
            try FileManager.default.removeItem(atPath: bulletin.path)
            _ = try restored(bulletin, from: path, damaged: nil)
            let muchLater = taken + 20 * 86_400
            let report = try AcceptRestoration(bulletin.context, subscriberList: try bulletin.folder.subscriberList())(
                sentThrough: 2, at: muchLater, by: "kit")
            #expect(report.usedUp == [IssueNumber(2)])
            let due = try DueSteps.due(bulletin.context, at: muchLater)
            #expect(due.isEmpty)
            #expect(try bulletin.folder.issues.status(IssueNumber(2))?.state == .skipped)
        }
    }

    @Test("reports the unreadable parts of a damaged subscriber list, and restores without them")
    func unreadableRoll() throws {
        try TestBulletin.withSentIssue { bulletin in
            let path = bulletin.scratch + "/backup.tar"
            try MakeBackup(of: bulletin.folder, configuration: nil)(to: path, at: taken)
            try bulletin.spoil("subscriptions/roll.jsonl") { $0 = "rubbish\n" + $0 }
            let damaged = bulletin.path + ".damaged"
            try FileManager.default.moveItem(atPath: bulletin.path, toPath: damaged)
            let report = try restored(bulletin, from: path, damaged: damaged)
            #expect(report.requests == nil && report.unread?.contains("roll.jsonl") == true)
            #expect(report.restoration.gapFrom == taken)
        }
    }
}
