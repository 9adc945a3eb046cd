import Basics
import Bulletin
import Foundation
import Glibc
import Journal
import Records
import TestSupport
import Testing

@Suite("Pictures of items")
struct PictureShelfTests {
    static let pictures: [(kind: String, start: [UInt8])] = [
        ("png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), ("jpeg", [0xFF, 0xD8, 0xFF, 0xE0]),
        ("gif", Array("GIF89a".utf8)), ("webp", Array("RIFF1234WEBPVP8 ".utf8)),
    ]

    @Test("are known by their content, not by their name", arguments: pictures)
    func kinds(kind: String, start: [UInt8]) throws {
        try withStateFolder { state in
            let file = state.path + "/somebody's picture.txt"
            try Data(start + [1, 2, 3]).write(to: URL(fileURLWithPath: file))
            let name = try state.pictures.take(file: file)
            #expect(name.hasSuffix(".\(kind)"))
            #expect(try state.pictures.content(of: name) == start + [1, 2, 3])
            #expect(try state.pictures.take(file: file) == name)
            #expect(try permissions("\(state.path)/editorial/pictures/\(name)") == 0o660)
        }
    }

    @Test("are refused if they are not pictures, or too large, or missing")
    func refusals() throws {
        try withStateFolder { state in
            let file = state.path + "/a.png"
            #expect(throws: PictureStore.Fault.missing(file)) { try state.pictures.take(file: file) }
            for text in ["", "<svg onload='x'/>", "GIF88a", "RIFF1234WEBX", "\u{89}PNG"] {
                try text.write(toFile: file, atomically: false, encoding: .utf8)
                #expect(throws: PictureStore.Fault.notAPicture(file)) { try state.pictures.take(file: file) }
            }
            let size = PictureStore.mostBytes + 1
            try Data(Self.pictures[0].start + Array(repeating: 0, count: size - 8)).write(
                to: URL(fileURLWithPath: file))
            #expect(throws: PictureStore.Fault.tooLarge(file, size: size)) { try state.pictures.take(file: file) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: state.path + "/editorial/pictures").isEmpty)
        }
    }

    @Test("are never read from outside the store, nor through a link in it")
    func paths() throws {
        try withStateFolder { state in
            let name = try state.pictures.take(Self.pictures[0].start, from: "a")
            let link = String(repeating: "a", count: 32) + ".png"
            #expect(
                symlink("\(state.path)/editorial/pictures/\(name)", "\(state.path)/editorial/pictures/\(link)") == 0)
            #expect(throws: DiskFault.self) { try state.pictures.content(of: link) }
            for name in ["../pictures/\(name)", "", ".", "..", "/etc/passwd", "secret", "\(name)/", "a.png"] {
                #expect(try state.pictures.content(of: name) == nil, "\(name)")
            }
        }
    }
}

@Suite("Networks and plans")
struct NetworkShelfTests {
    private func network(_ slug: String) throws -> Network {
        var network = Network(
            slug: slug, name: "GM Co-Production", rule: "FREQ=MONTHLY;BYDAY=1TH", timezone: "Europe/London",
            starts: try #require(LocalDateTime("2027-01-07T13:30")), ends: LocalDateTime("2027-01-07T15:00"))
        network.place = Item.Place(name: "Hall")
        network.online = Item.Online(url: "https://meet.example.org")
        network.organiser = "The network"
        network.takingPart = Item.TakingPart(phone: "0161 496 0456")
        network.support = "Travel costs"
        network.announce = 3
        (network.sequence, network.changedAt) = (2, Date(timeIntervalSince1970: 1_796_205_600.25))
        return network
    }

    @Test("a network is given back as it was put")
    func roundTrip() throws {
        try withStateFolder { state in
            let one = try network("gm-co-production")
            let two = try network("a")
            try state.networks.put(one)
            try state.networks.put(two)
            #expect(try state.networks.network("gm-co-production") == one)
            #expect(try state.networks.list().networks == [two, one])
            #expect(try state.networks.remove("a") == two)
            #expect(try state.networks.network("a") == nil)
        }
    }

    @Test("a network without a time of change has its file's, and keeps it")
    func changedWithItsFile() throws {
        try withStateFolder { state in
            var network = try network("a")
            network.changedAt = nil
            try state.networks.put(network)
            let file = state.path + "/editorial/networks/a.json"
            let time = Date(timeIntervalSince1970: 1_700_000_000)
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file)
            #expect(try state.networks.network("a")?.changedAt == time)
            _ = try state.networks.change("a") { $0.announce = 4 }
            #expect(try state.networks.network("a")?.changedAt == time)
        }
    }

    @Test("a network's file under another name, or with a broken network, is reported")
    func damage() throws {
        try withStateFolder { state in
            try state.networks.put(network("good"))
            let folder = state.path + "/editorial/networks"
            try FileManager.default.copyItem(atPath: folder + "/good.json", toPath: folder + "/other.json")
            try "{}".write(toFile: folder + "/empty.json", atomically: false, encoding: .utf8)
            let listing = try state.networks.list()
            #expect(listing.networks.map(\.slug) == ["good"])
            #expect(listing.damaged.map(\.path) == [folder + "/empty.json", folder + "/other.json"])
            for slug in ["../good", "", "-a", "a-", "A", "a b", String(repeating: "a", count: 65)] {
                #expect(try state.networks.network(slug) == nil)
            }
        }
    }

    @Test("a plan is empty until an editor sets something")
    func plans() throws {
        try withStateFolder { state in
            let number = IssueNumber(24)
            let ids = ["aaaaaa", "bbbbbb"].compactMap { ItemID($0) }
            #expect(try state.plans.plan(number) == IssuePlan())
            _ = try state.plans.change(number) { $0.introduction = "Hello." }
            _ = try state.plans.change(number) { $0.order = ids }
            let plan = try state.plans.change(number) { $0.pins = [ids[1]] }
            #expect(plan == IssuePlan(introduction: "Hello.", order: ids, pins: [ids[1]]))
            #expect(try StateFolder(path: state.path).plans.plan(number) == plan)
            #expect(plan.requests == ItemSelection.Preferences(order: ids, pins: [ids[1]]))
        }
    }
}

@Suite("Decisions")
struct DecisionLogTests {
    @Test("are read back as they were made, in that order")
    func roundTrip() throws {
        try withStateFolder { state in
            let kinds: [Decision.Kind] = [
                .hold(reason: "wait"), .hold(reason: nil), .release, .skip(reason: "holidays"), .skip(reason: nil),
                .sendNow, .move(to: try #require(LocalDateTime("2027-03-25T10:00"))),
                .correct(item: ItemID("k3m9pq"), text: "The hall is *B*."),
            ]
            for (index, kind) in kinds.enumerated() {
                try state.decisions.append(
                    Decision(issue: IssueNumber(index + 1), kind: kind, at: noon + Double(index), by: "ann"))
            }
            for log in [state.decisions, StateFolder(path: state.path).decisions] {
                #expect(try log.all().map(\.kind) == kinds)
                #expect(try log.all().map(\.issue.value) == Array(1...8))
            }
            let text = try String(contentsOfFile: state.path + "/editorial/decisions.jsonl", encoding: .utf8)
            #expect(
                text.hasPrefix(
                    """
                    {"format":"fortnight-decisions","version":1}
                    {"at":"2026-12-02T10:00:00.123Z","by":"ann","decision":"hold","issue":1,"reason":"wait"}
                    """))
        }
    }

    @Test("of four editors at once are all there, and the daemon sees them")
    func together() throws {
        try withStateFolder { state in
            #expect(try state.decisions.all().isEmpty)
            DispatchQueue.concurrentPerform(iterations: 4) { editor in
                let own = StateFolder(path: state.path)
                for number in 1...25 {
                    try? own.decisions.append(
                        Decision(issue: IssueNumber(number), kind: .release, at: noon, by: "editor \(editor)"))
                }
            }
            let seen = try state.decisions.all()
            #expect(seen.count == 100)
            for editor in 0..<4 {
                #expect(seen.filter { $0.by == "editor \(editor)" }.map(\.issue.value) == Array(1...25))
            }
        }
    }

    @Test("survive a torn last line and a damaged one, which is reported")
    func damage() throws {
        try withStateFolder { state in
            let release = Decision(issue: IssueNumber(1), kind: .release, at: noon, by: "ann")
            try state.decisions.append(release)
            let file = try #require(FileHandle(forWritingAtPath: state.path + "/editorial/decisions.jsonl"))
            try file.seekToEnd()
            try file.write(contentsOf: Data("{\"issue\":1,\"decision\":\"explode\",\"at\":\"x\"}\n{\"issue\":2".utf8))
            try file.close()
            let log = StateFolder(path: state.path).decisions
            #expect(try log.all() == [try #require(stamped(release))])
            #expect(log.damage.map(\.line) == [3])
            try log.append(release)
            #expect(try state.decisions.all().count == 2)
        }
    }

    /// As read back: times to the millisecond.
    private func stamped(_ decision: Decision) -> Decision? {
        Date(rfc3339: decision.at.stamp).map {
            Decision(issue: decision.issue, kind: decision.kind, at: $0, by: decision.by)
        }
    }
}
