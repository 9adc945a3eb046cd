import Basics
import Bulletin
import Foundation
import HTTPServing
import Records
import Testing

@testable import Web

@Suite struct CalendarPagesTests {
    private static func lunch(_ change: (inout Item) -> Void = { _ in }) throws -> Item {
        var item = Item(
            id: try #require(ItemID("abc234")), uid: "lunch@example.org", kind: .event, title: "Lunch club",
            timezone: "Europe/London", addedAt: TestSite.now, addedBy: "ann")
        item.starts = LocalDateTime("2026-12-10T13:30")
        item.takingPart.phone = "0161 496 0456"
        change(&item)
        return item
    }

    /// Issue 24 is being sent and holds the lunch club and a notice; issue 25 is closed and holds a supper.
    private static func publish(on state: StateFolder) throws {
        for part in ["items", "networks"] {
            try FileManager.default.createDirectory(
                atPath: "\(state.path)/editorial/\(part)", withIntermediateDirectories: true)
        }
        func save(_ number: Int, _ items: [Item], _ status: IssueStatus.Condition) throws {
            let number = IssueNumber(number)
            let now = TestSite.now
            try state.issues.save(
                Issue(number: number, slot: now, sends: now, closedAt: now, items: items, leftOut: []))
            try state.issues.save(IssueStatus(status, since: now), of: number)
        }
        let notice = Item(
            id: try #require(ItemID("def567")), uid: "n@example.org", kind: .notice, title: "Tablets",
            timezone: "Europe/London", addedAt: TestSite.now, addedBy: "ann")
        let lunch = try lunch()
        try save(24, [lunch, notice], .sending)
        let supper = try Self.lunch { item in
            item.uid = "supper@example.org"
            item.title = "Supper"
            if let id = ItemID("ghi234") { item.id = id }
        }
        try save(25, [supper], .closed)
        var network = Network(
            slug: "call", name: "Weekly call", rule: "FREQ=WEEKLY;BYDAY=TU", timezone: "Europe/London",
            starts: try #require(LocalDateTime("2026-11-03T09:30")))
        network.exceptions = [
            Network.Exception(
                date: try #require(LocalDateTime("2026-12-15T09:30")), movedTo: nil, why: "Holidays", sequence: 3,
                changedAt: TestSite.now, changedBy: "ann")
        ]
        try state.networks.put(network)
    }

    @Test func anEventOfAPublicIssueHasACalendarEntryToKeep() async throws {
        try await TestSite.serve(preparing: Self.publish) { site in
            let answer = try await site.visitor.get("/items/abc234.ics")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH")
            #expect(answer.headers["content-disposition"] == "attachment; filename=\"abc234.ics\"")
            #expect(answer.headers["last-modified"] == HTTPDate.text(TestSite.now))
            #expect(answer.body.contains("\r\nUID:lunch@example.org\r\n"))
            #expect(answer.body.contains("\r\nURL:https://bulletin.example.org/issues/24#abc234\r\n"))
            let head = try await site.visitor.get("/items/abc234.ics", method: "HEAD")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.headers["content-length"] == "\(answer.body.utf8.count)")
        }
    }

    @Test func whoHasItAlreadyIsToldSo() async throws {
        try await TestSite.serve(preparing: Self.publish) { site in
            let answer = try await site.visitor.get("/items/abc234.ics")
            let tag = try #require(answer.headers["etag"])
            let date = try #require(answer.headers["last-modified"])
            for header in ["If-None-Match: \(tag)", "If-None-Match: \"x\", W/\(tag)", "If-Modified-Since: \(date)"] {
                let again = try await site.visitor.get("/items/abc234.ics", headers: [header])
                #expect(again.status == 304 && again.body.isEmpty && again.headers["etag"] == tag, "\(header)")
            }
            let other = try await site.visitor.get(
                "/items/abc234.ics", headers: ["If-None-Match: \"x\"", "If-Modified-Since: \(date)"])
            #expect(other.status == 200)
        }
    }

    @Test func anEventThatIsMovedOrCalledOffAfterItWasSentSaysSo() async throws {
        let queued = try Self.lunch { item in
            item.change = .cancelled(why: "The hall is flooded.")
            item.sequence = 4
        }
        try await TestSite.serve(
            preparing: { state in
                try Self.publish(on: state)
                let file = URL(filePath: state.path + "/editorial/items/abc234.json")
                try JSONEncoder().encode(queued).write(to: file)
            },
            { site in
                let answer = try await site.visitor.get("/items/abc234.ics")
                #expect(answer.body.contains("\r\nSTATUS:CANCELLED\r\n") && answer.body.contains("\r\nSEQUENCE:4\r\n"))
            })
    }

    @Test func theWholeCalendarHasWhatIsPublicAndWhatNetworksHold() async throws {
        try await TestSite.serve(preparing: Self.publish) { site in
            let answer = try await site.visitor.get("/meetings.ics")
            #expect(answer.status == 200)
            #expect(answer.headers["last-modified"] == nil)
            #expect(answer.body.contains("\r\nX-WR-CALNAME:Health eBulletin\r\n"))
            #expect(answer.body.contains("UID:lunch@example.org\r\n"))
            #expect(!answer.body.contains("Supper") && !answer.body.contains("Tablets"))
            // Every Tuesday of about thirteen months.
            #expect(answer.body.components(separatedBy: "SUMMARY:Weekly call\r\n").count == 58)
            #expect(answer.body.components(separatedBy: "STATUS:CANCELLED\r\n").count == 2)
            let tag = try #require(answer.headers["etag"])
            let again = try await site.visitor.get("/meetings.ics", headers: ["If-None-Match: \(tag)"])
            #expect(again.status == 304)
            // Each is to be had alone, under the same name.
            let names = Announcing.names(
                of: try #require(try site.networks().first), on: try #require(LocalDate("2026-12-15")),
                domain: "example.org")
            let one = try await site.visitor.get("/items/\(names.id).ics")
            #expect(one.body.contains("UID:\(names.uid)\r\n") && one.body.contains("STATUS:CANCELLED"))
        }
    }

    /// Issue 26 was sent and announced the call of 15 December; then the network was changed.
    private static func announce(on state: StateFolder, _ change: (inout Network) -> Void) throws -> Item {
        try publish(on: state)
        var network = try #require(try state.networks.network("call"))
        (network.exceptions, network.changedAt) = ([], TestSite.now - 7200)
        let meeting = network.meeting(try #require(LocalDateTime("2026-12-15T09:30")))
        let item = Announcing.item(of: network, meeting, domain: "example.org")
        let number = IssueNumber(26)
        try state.issues.save(
            Issue(
                number: number, slot: TestSite.now, sends: TestSite.now, closedAt: TestSite.now, items: [item],
                leftOut: []))
        try state.issues.save(IssueStatus(.sent(), since: TestSite.now), of: number)
        let old = network
        change(&network)
        _ = network.keepChangedDates(at: TestSite.now)
        network.noteChange(since: old, at: TestSite.now - 60)
        try state.networks.put(network)
        return item
    }

    @Test func aMeetingKeepsItsNameAtANewHourAndIsThereOnce() async throws {
        try await TestSite.serve(
            preparing: { state in
                _ = try Self.announce(on: state) { $0.starts.time = LocalTime(hour: 11, minute: 0) ?? $0.starts.time }
            },
            { site in
                let network = try #require(try site.networks().first)
                let names = Announcing.names(
                    of: network, on: try #require(LocalDate("2026-12-15")), domain: "example.org")
                let entry = try await site.visitor.get("/items/\(names.id).ics").body
                #expect(entry.contains("\r\nUID:call-20261215@example.org\r\nSEQUENCE:1\r\n"))
                #expect(entry.contains("DTSTART;TZID=Europe/London:20261215T110000\r\n"))
                let stamp = CalendarStamp.text(TestSite.now - 60)
                #expect(entry.contains("\r\nDTSTAMP:\(stamp)\r\n"))
                let whole = try await site.visitor.get("/meetings.ics").body
                #expect(whole.components(separatedBy: "UID:call-20261215@example.org").count == 2)
                #expect(whole.components(separatedBy: "SUMMARY:Weekly call\r\n").count == 58)
                #expect(!whole.contains("DTSTAMP:1970"))
            })
    }

    @Test func aMeetingThatItsNetworkHoldsNoMoreIsCalledOff() async throws {
        try await TestSite.serve(
            preparing: { state in
                _ = try Self.announce(on: state) { network in
                    network.rule = "FREQ=WEEKLY;BYDAY=WE"
                    network.starts = LocalDateTime("2026-11-04T09:30") ?? network.starts
                }
            },
            { site in
                let network = try #require(try site.networks().first)
                let names = Announcing.names(
                    of: network, on: try #require(LocalDate("2026-12-15")), domain: "example.org")
                let entry = try await site.visitor.get("/items/\(names.id).ics").body
                #expect(entry.contains("\r\nSTATUS:CANCELLED\r\n") && entry.contains("\r\nSEQUENCE:1\r\n"))
                let whole = try await site.visitor.get("/meetings.ics").body
                #expect(whole.contains("DTSTART;TZID=Europe/London:20261216T093000"))
            })
    }

    @Test func whatIsNotPublicHasNone() async throws {
        try await TestSite.serve(preparing: Self.publish) { site in
            for path in [
                "/items/ghi234.ics", "/items/def567.ics", "/items/zzzzzz.ics", "/items/abc234", "/items/ABC234.ics",
                "/items/abc234.ics/", "/items/../x.ics", "/items/", "/meetings.ics/",
            ] {
                let answer = try await site.visitor.get(path)
                #expect(answer.status == 404 && answer.headers["cache-control"] == "no-store", "\(path)")
            }
        }
    }
}

private enum CalendarStamp {
    static func text(_ time: Date) -> String {
        time.formatted(.iso8601.timeZoneSeparator(.omitted).dateSeparator(.omitted).timeSeparator(.omitted))
    }
}
