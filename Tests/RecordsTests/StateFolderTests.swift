import Basics
import Bulletin
import Foundation
import Glibc
import Journal
import Records
import TestSupport
import Testing

/// A time at which nothing is due.
let noon = Date(timeIntervalSince1970: 1_796_205_600.123)

/// A state folder made for one test.
func withStateFolder(_ body: (StateFolder) throws -> Void) throws {
    try withScratchFolder { folder in
        let state = StateFolder(path: folder + "/state")
        try state.make(at: noon)
        try body(state)
    }
}

func permissions(_ path: String) throws -> UInt32 { try #require(try SystemDisk().status(at: path)).permissions }

@Suite("The state folder")
struct StateFolderTests {
    // The umask belongs to the whole process: the end-to-end tests set it, in processes of their own.
    @Test("has the documented permissions")
    func permissionsOfAll() throws {
        try withStateFolder { state in
            _ = try state.tokenKeys()
            let item = try state.queue.add { sampleItem($0) }
            try state.decisions.append(Decision(issue: IssueNumber(1), kind: .release, at: noon, by: "ann"))
            try state.issues.save(sampleIssue(1, [item]))
            try state.issues.save(IssueStatus(.closed, since: noon), of: IssueNumber(1))
            let letter = Outbox.HelpLetter(id: person(1), address: try EmailAddress("ann@example.net"), asked: noon)
            try state.outbox.put(letter)
            let lock = try state.holdDaemonLock(at: noon)
            try state.ledger(Mailing(IssueNumber(1))).begin(audience([1]), at: noon)
            let expected: [(String, UInt32)] = [
                ("", 0o710), ("editorial", 0o2770), ("editorial/items", 0o2770), ("editorial/networks", 0o2770),
                ("editorial/issues", 0o2770), ("editorial/pictures", 0o2770), ("editorial/proofs", 0o2770),
                ("editorial/imports", 0o2770),
                ("editorial/items/\(item.id).json", 0o660), ("editorial/items.lock", 0o660),
                ("editorial/decisions.jsonl", 0o660), ("editorial/decisions.jsonl.lock", 0o660),
                ("issues", 0o2750), ("issues/0001", 0o2750), ("issues/0001/issue.json", 0o640),
                ("issues/0001/state.json", 0o640), ("subscriptions", 0o700), ("deliveries", 0o700),
                ("deliveries/0001.jsonl", 0o600), ("outbox", 0o700), ("outbox/help-\(person(1)).json", 0o600),
                ("returns", 0o700), ("secret", 0o600), ("format.json", 0o640), ("daemon.lock", 0o640),
            ]
            for (name, mode) in expected { #expect(try permissions("\(state.path)/\(name)") == mode, "\(name)") }
            withExtendedLifetime(lock) {}
        }
    }

    @Test("remembers when it was first made, and making it again changes nothing")
    func beginning() throws {
        try withStateFolder { state in
            let secret = try SystemDisk().content(of: state.path + "/format.json")
            try state.make(at: noon + 1000)
            #expect(try SystemDisk().content(of: state.path + "/format.json") == secret)
            #expect(try state.began().stamp == noon.stamp)
            #expect(try StateFolder(path: state.path).began().stamp == noon.stamp)
        }
    }

    @Test("makes its missing parts")
    func mending() throws {
        try withStateFolder { state in
            try FileManager.default.removeItem(atPath: state.path + "/editorial/pictures")
            try state.make(at: noon)
            #expect(try permissions(state.path + "/editorial/pictures") == 0o2770)
        }
    }

    @Test("is not made if its parent is missing, and the fault has the remedy")
    func noParent() throws {
        try withScratchFolder { folder in
            let state = StateFolder(path: folder + "/there/state")
            #expect(throws: StateFolderFault.noParent(folder + "/there")) { try state.make(at: noon) }
            #expect(
                StateFolderFault.noParent("/srv/there").description
                    == "there is no folder /srv/there to make the state folder in: mkdir -p /srv/there, or set state: to a path "
                    + "whose folder exists")
            let made = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(made.isEmpty)
            #expect(throws: StateFolderFault.notMade(state.path)) { try state.began() }
        }
    }

    @Test("of an unknown version is refused")
    func unknownVersion() throws {
        try withStateFolder { state in
            try #"{"format":"fortnight-state","formatVersion":2,"began":"2026-12-02T10:00:00.000Z"}"#
                .write(toFile: state.path + "/format.json", atomically: false, encoding: .utf8)
            let fault = #expect(throws: DocumentFault.self) { try state.began() }
            #expect(fault?.why.contains("version 2") == true)
        }
    }

    @Test("keeps its group for new files", .enabled(if: geteuid() == 0, "only root gives files away"))
    func group() throws {
        try withScratchFolder { folder in
            let path = folder + "/state"
            try SystemDisk().makeFolder(path, permissions: 0o710)
            #expect(chown(path, 12345, 54321) == 0)
            let state = StateFolder(path: path)
            try state.make(at: noon)
            _ = try state.tokenKeys()
            let item = try state.queue.add { sampleItem($0) }
            try state.issues.save(sampleIssue(1, [item]))
            func owner(_ name: String) throws -> [UInt32] {
                var status = stat()
                try #require(lstat("\(path)/\(name)", &status) == 0)
                return [status.st_uid, status.st_gid]
            }
            for name in [
                "editorial", "editorial/items", "issues", "issues/0001", "deliveries", "secret", "format.json",
            ] {
                #expect(try owner(name) == [12345, 54321], "\(name)")
            }
            #expect(try owner("editorial/items/\(item.id).json")[1] == 54321)
            #expect(try permissions(path + "/editorial/items") == 0o2770)
        }
    }

    @Test("serves an editor who has no right to subscribers, ledgers or secrets")
    func editors() throws {
        try withStateFolder { state in
            for closed in ["subscriptions", "deliveries", "outbox", "returns"] {
                try FileManager.default.removeItem(atPath: "\(state.path)/\(closed)")
            }
            let editor = StateFolder(path: state.path)
            let item = try editor.queue.add { sampleItem($0) }
            #expect(try editor.queue.list().items == [item])
            #expect(try editor.networks.list().networks.isEmpty)
            #expect(try editor.plans.plan(IssueNumber(1)) == IssuePlan())
            try editor.decisions.append(Decision(issue: IssueNumber(1), kind: .release, at: noon, by: "ann"))
            #expect(try editor.issues.appearances().isEmpty)
            #expect(try editor.began().stamp == noon.stamp)
            #expect(try SystemDisk().status(at: state.path + "/secret") == nil)
        }
    }

    @Test("made on a failing disk is either completed by the next try or reports the failure")
    func refusals() throws {
        for refusal in RiggedDisk.Refusal.allCases {
            var verb = 1
            while true {
                let disk = RiggedDisk(over: SystemDisk())
                var refused = true
                try withScratchFolder { folder in
                    let state = StateFolder(path: folder + "/state", disk: disk)
                    disk.refuse(at: verb, refusal)
                    let first = Result { try state.make(at: noon) }
                    refused = disk.relent()
                    if case .failure(let error) = first { #expect(error is DiskFault) }
                    try state.make(at: noon)
                    #expect(try permissions(folder + "/state/editorial/items") == 0o2770)
                    #expect(try permissions(folder + "/state/returns") == 0o700)
                    #expect(try state.began().stamp == noon.stamp)
                }
                guard refused else { break }
                verb += 1
            }
            #expect(verb > 20)
        }
    }
}
