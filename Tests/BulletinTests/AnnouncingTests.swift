import Basics
import Bulletin
import Foundation
import Testing

private func local(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(text)) }
private func day(_ text: String) throws -> LocalDate { try #require(LocalDate(text)) }
private func instant(_ text: String) throws -> Date { try #require(Date(rfc3339: text)) }

/// The second Tuesday of each month at ten, in London.
private func forum(_ rule: String = "FREQ=MONTHLY;BYDAY=2TU", starts: String = "2026-12-08T10:00") throws -> Network {
    var forum = Network(
        slug: "forum", name: "Older People's Forum", rule: rule, timezone: "Europe/London", starts: try local(starts))
    forum.ends = LocalDateTime(forum.starts.date, try #require(LocalTime("11:30")))
    forum.takingPart.phone = "0161 496 0456"
    return forum
}

/// The candidates of an issue of that day, with issues every two weeks on Wednesdays at ten.
private func candidates(
    _ networks: [Network], sends: String, queue: [Item] = []
) throws -> Announcing.Candidates {
    let sends = try instant("\(sends)T10:00:00Z")
    return Announcing.candidates(
        queue: queue, networks: networks, sends: sends,
        later: (1...3).map { sends.addingTimeInterval(Double($0) * 14 * 86_400) }, domain: "example.org")
}

private func queued(_ starts: String, network: String = "forum") throws -> Item {
    let id = try #require(ItemID("k3m5pq"))
    var item = Item(
        id: id, uid: "k3m5pq@example.org", kind: .meeting, title: "Forum, with a speaker", timezone: "Europe/London",
        addedAt: try instant("2026-11-01T10:00:00Z"), addedBy: "ann")
    (item.network, item.starts) = (network, try local(starts))
    item.takingPart.phone = "0161 496 0999"
    return item
}

@Suite("Announcing") struct AnnouncingTests {
    @Test("announces a meeting in the last two issues before it, and in no other")
    func lastIssues() throws {
        // 12 January: issues of 23 December and 6 January, not of 9 December.
        let forum = try forum()
        let days = ["2026-12-09", "2026-12-23", "2027-01-06"]
        let told = try days.map { sends in try candidates([forum], sends: sends).items.compactMap(\.starts?.description)
        }
        #expect(told == [[], ["2027-01-12T10:00"], ["2027-01-12T10:00"]])
    }

    @Test("has all of the network's details")
    func inheritance() throws {
        var forum = try forum()
        forum.place = Item.Place(name: "Friends' Meeting House", access: "Hearing loop")
        forum.online = Item.Online(dialIn: "0161 496 0123")
        forum.support = "Fares are paid"
        let item = try #require(try candidates([forum], sends: "2027-01-06").items.first)
        #expect(item.title == "Older People's Forum")
        #expect(item.kind == .meeting)
        #expect(item.network == "forum")
        #expect(item.place == forum.place && item.online == forum.online && item.support == forum.support)
        #expect(item.takingPart == forum.takingPart)
        #expect(item.ends == (try local("2027-01-12T11:30")))
        #expect(item.isAnnounced)
        #expect(ItemRules.problems(of: item, now: try instant("2027-01-06T10:00:00Z")).isEmpty)
    }

    @Test("keeps moved and cancelled dates if only the time changes, and lists the ones a new rule drops")
    func changedRule() throws {
        var forum = try forum()
        let now = try instant("2026-11-25T10:00:00Z")
        try forum.change(
            local("2026-12-08T10:00"), .move(to: local("2026-12-10T14:00")), why: "The hall is let", at: now, by: "ann")
        try forum.change(local("2027-01-12T10:00"), .cancel, why: nil, at: now, by: "ann")
        forum.starts = try local("2026-12-08T11:00")
        #expect(forum.keepChangedDates(at: now).isEmpty)
        #expect(forum.meeting(try local("2026-12-08T11:00")).starts == (try local("2026-12-10T14:00")))
        #expect(forum.meeting(try local("2027-01-12T11:00")).isCancelled)
        forum.rule = "FREQ=MONTHLY;BYDAY=1WE"
        forum.starts = try local("2026-12-02T11:00")
        #expect(forum.keepChangedDates(at: now).map(\.date.date.description) == ["2026-12-08", "2027-01-12"])
        #expect(forum.exceptions.isEmpty)
    }

    @Test("names the same meeting the same way in every issue, and another meeting another way")
    func names() throws {
        let forum = try forum()
        let first = try #require(try candidates([forum], sends: "2026-12-23").items.first)
        let again = try #require(try candidates([forum], sends: "2027-01-06").items.first)
        let next = try #require(try candidates([forum], sends: "2027-02-03").items.first)
        #expect(first.id == again.id && first.uid == again.uid)
        #expect(first.uid == "forum-20270112@example.org")
        #expect(next.id != first.id && next.uid != first.uid)
    }

    @Test("keeps its name when it is moved, with a higher sequence, and names the old date")
    func moved() throws {
        var forum = try forum()
        let before = try #require(try candidates([forum], sends: "2026-12-23").items.first)
        try forum.change(
            try local("2027-01-12T10:00"), .move(to: try local("2027-01-14T14:00")), why: "The hall is let.",
            at: try instant("2026-12-01T10:00:00Z"), by: "ann")
        let after = try #require(try candidates([forum], sends: "2026-12-23").items.first)
        #expect(after.id == before.id && after.uid == before.uid)
        #expect(after.sequence == 1)
        #expect(after.starts == (try local("2027-01-14T14:00")))
        #expect(after.ends == (try local("2027-01-14T15:30")))
        #expect(after.change == .moved(from: try local("2027-01-12T10:00"), why: "The hall is let."))
    }

    @Test("announces a meeting that was moved far away, before its old date")
    func movedFar() throws {
        var forum = try forum()
        try forum.change(
            try local("2027-01-12T10:00"), .move(to: try local("2027-03-20T10:00")), why: nil,
            at: try instant("2026-12-01T10:00:00Z"), by: "ann")
        let told = try candidates([forum], sends: "2027-01-06").items
        #expect(told.map(\.starts) == [try local("2027-03-20T10:00")])
        // Between the two it is not announced; before the new one it is.
        #expect(try candidates([forum], sends: "2027-01-20").items.allSatisfy { $0.change == nil })
        let later = try candidates([forum], sends: "2027-03-03").items.filter { $0.change != nil }
        #expect(later.count == 1)
    }

    @Test("announces a cancelled meeting, and restores it")
    func cancelled() throws {
        var forum = try forum()
        let date = try local("2027-01-12T10:00")
        let now = try instant("2026-12-01T10:00:00Z")
        try forum.change(date, .cancel, why: "Nobody can come.", at: now, by: "ann")
        let off = try #require(try candidates([forum], sends: "2026-12-23").items.first)
        #expect(off.change == .cancelled(why: "Nobody can come."))
        #expect(off.starts == date)
        try forum.change(date, .restore, why: nil, at: now, by: "ben")
        let on = try #require(try candidates([forum], sends: "2026-12-23").items.first)
        #expect(on.change == nil)
        #expect(on.sequence == 2)
    }

    @Test("never announces a meeting that has begun when the issue is sent")
    func neverStale() throws {
        let forum = try forum("FREQ=WEEKLY;BYDAY=WE", starts: "2026-12-09T10:00")
        let told = try candidates([forum], sends: "2026-12-09").items.flatMap { [$0.starts] + $0.alsoOn }
        #expect(
            told == [
                try local("2026-12-16T10:00"), try local("2026-12-23T10:00"),
                try local("2026-12-30T10:00"), try local("2027-01-06T10:00"),
            ])
    }

    @Test("has one entry for a weekly call, and one of its own for a date that is called off")
    func weekly() throws {
        var call = try forum("FREQ=WEEKLY;BYDAY=TU", starts: "2026-12-08T10:00")
        try call.change(
            try local("2026-12-22T10:00"), .cancel, why: nil, at: try instant("2026-12-01T10:00:00Z"), by: "ann")
        let told = try candidates([call], sends: "2026-12-09").items
        #expect(told.count == 2)
        #expect(told.first?.starts == (try local("2026-12-15T10:00")))
        #expect(told.first?.alsoOn == [try local("2026-12-29T10:00"), try local("2027-01-05T10:00")])
        #expect(told.last?.change == .cancelled(why: nil))
    }

    @Test("gives way to a queued meeting of the same network and day, which inherits missing details")
    func queuedMeeting() throws {
        var forum = try forum()
        forum.place = Item.Place(name: "Friends' Meeting House")
        let told = try candidates([forum], sends: "2027-01-06", queue: [try queued("2027-01-12T10:30")]).items
        #expect(told.map(\.title) == ["Forum, with a speaker"])
        #expect(told.first?.place?.name == "Friends' Meeting House")
        #expect(told.first?.takingPart.phone == "0161 496 0999")
    }

    @Test("does not give way to another network's meeting of that day")
    func otherNetwork() throws {
        let told = try candidates(
            [try forum()], sends: "2027-01-06", queue: [try queued("2027-01-12T10:30", network: "other")])
        #expect(told.items.count == 2)
    }

    @Test("excludes a queued meeting whose date its network has moved or cancelled")
    func overruled() throws {
        var forum = try forum()
        let date = try local("2027-01-12T10:00")
        let now = try instant("2026-12-01T10:00:00Z")
        let item = try queued("2027-01-12T10:30")
        try forum.change(date, .move(to: try local("2027-01-14T14:00")), why: nil, at: now, by: "ann")
        let moved = try candidates([forum], sends: "2027-01-06", queue: [item])
        #expect(moved.items.count == 2)
        #expect(
            moved.overruled == [
                item.id: "has the old date of a meeting that its network moved to Thursday 14 January 2027 at 14:00"
            ])
        try forum.change(date, .cancel, why: nil, at: now, by: "ann")
        let off = try candidates([forum], sends: "2027-01-06", queue: [item])
        #expect(off.overruled == [item.id: "is called off by its network: see fortnight networks show forum"])
    }

    @Test("announces nothing of a network with announce 0")
    func notAnnounced() throws {
        var forum = try forum()
        forum.announce = 0
        #expect(try candidates([forum], sends: "2027-01-06").items.isEmpty)
    }

    @Test("keeps the clock on the wall across a change to summer time")
    func summerTime() throws {
        let forum = try forum()
        let april = forum.meetings(on: try day("2027-03-01")...(try day("2027-04-30")))
        #expect(april.map(\.starts) == [try local("2027-03-09T10:00"), try local("2027-04-13T10:00")])
        #expect(
            april.map { $0.starts.instant(in: forum.zone).rfc3339(in: .gmt) }
                == ["2027-03-09T10:00:00+00:00", "2027-04-13T09:00:00+00:00"])
    }
}

@Suite("A network's dates") struct NetworkChangesTests {
    @Test(
        "a visible change raises the sequence of all meetings, above that of single ones; announcing them earlier does not"
    )
    func sequences() throws {
        let now = Date(timeIntervalSince1970: 1_796_205_600)
        var forum = Network(
            slug: "forum", name: "Forum", rule: "FREQ=MONTHLY;BYDAY=2TU", timezone: "Europe/London",
            starts: try #require(LocalDateTime("2026-12-08T10:00")))
        let tuesday = try #require(LocalDateTime("2027-01-12T10:00"))
        for _ in 1...3 {
            try forum.change(tuesday, .cancel, why: nil, at: now, by: "ann")
            try forum.change(tuesday, .restore, why: nil, at: now, by: "ann")
        }
        #expect(forum.meeting(tuesday).sequence == 6)
        let old = forum
        forum.announce = 5
        forum.noteChange(since: old, at: now + 60)
        #expect((forum.sequence, forum.changedAt) == (0, nil))
        forum.summary = "Bring a friend."
        forum.noteChange(since: old, at: now + 60)
        #expect(forum.meeting(tuesday).sequence == 7 && forum.meeting(tuesday).changedAt == now + 60)
        // Moved to another day, and back again: a calendar's copy of the old day is older than the new one.
        let before = forum
        forum.rule = "FREQ=MONTHLY;BYDAY=2WE"
        forum.starts.date = forum.starts.date.adding(days: 1)
        _ = forum.keepChangedDates(at: now)
        forum.noteChange(since: before, at: now + 120)
        #expect(forum.sequence > 7)
    }

    @Test(
        "give the clock's time if it skips the rule's, and still follow the rule"
    )
    func missingHour() throws {
        let forum = Network(
            slug: "forum", name: "Forum", rule: "FREQ=WEEKLY;BYDAY=SU", timezone: "Europe/London",
            starts: try local("2027-03-21T01:30"), ends: try local("2027-03-21T02:15"))
        let meetings = forum.meetings(on: try day("2027-03-21")...(try day("2027-04-04")))
        #expect(meetings.map(\.starts.description) == ["2027-03-21T01:30", "2027-03-28T02:30", "2027-04-04T01:30"])
        #expect(
            meetings.compactMap(\.ends?.description) == ["2027-03-21T02:15", "2027-03-28T03:15", "2027-04-04T02:15"])
        #expect(meetings.allSatisfy { $0.change == nil })
    }

    private let now = Date(rfc3339: "2026-12-01T10:00:00Z") ?? .distantPast

    @Test("are found by their day, by the day they were moved to, and no other")
    func finding() throws {
        var forum = try forum()
        let date = try local("2027-01-12T10:00")
        #expect(try forum.ruleDate(of: try day("2027-01-12")) == date)
        try forum.change(date, .move(to: try local("2027-01-14T14:00")), why: nil, at: now, by: "ann")
        #expect(try forum.ruleDate(of: try day("2027-01-14")) == date)
        #expect(
            throws: NetworkFault(
                "forum does not meet on Wednesday 13 January 2027; its nearest meetings are on Tuesday 12 January 2027 and "
                    + "Tuesday 9 February 2027")
        ) { try forum.ruleDate(of: try day("2027-01-13")) }
    }

    @Test("are not changed into what they are, into the past, or onto another meeting")
    func refusals() throws {
        var forum = try forum()
        let date = try local("2027-01-12T10:00")
        func refusal(_ change: Network.Change) throws -> String? {
            var copy = forum
            do { try copy.change(date, change, why: nil, at: now, by: "ann") } catch { return error.description }
            return nil
        }
        #expect(try refusal(.move(to: date)) == "forum meets on Tuesday 12 January 2027 at 10:00 already")
        #expect(try refusal(.restore) == "that meeting follows the rule already")
        #expect(
            try refusal(.move(to: try local("2026-11-30T10:00")))
                == "Monday 30 November 2026 at 10:00 is in the past; give a later time")
        #expect(
            try refusal(.move(to: try local("2027-02-09T10:00")))
                == "forum has another meeting on Tuesday 9 February 2027 at 10:00; give another time")
        try forum.change(date, .cancel, why: nil, at: now, by: "ann")
        #expect(try refusal(.cancel) == "that meeting is called off already")
        #expect(
            throws: NetworkFault(
                "the meeting of Tuesday 8 December 2026 at 10:00 is past: it can no longer be changed")
        ) {
            try forum.change(
                try local("2026-12-08T10:00"), .cancel, why: nil, at: try instant("2026-12-20T10:00:00Z"), by: "ann")
        }
    }

    @Test("are kept in its file, and a file with a bad rule or zone is refused")
    func coding() throws {
        var forum = try forum()
        try forum.change(try local("2027-01-12T10:00"), .cancel, why: "Let.", at: now, by: "ann")
        let data = try JSONEncoder().encode(forum)
        let read = try JSONDecoder().decode(Network.self, from: data)
        #expect(read == forum)
        for (old, new) in [("FREQ=MONTHLY", "FREQ=SOMETIMES"), ("Europe\\/London", "Europe\\/Londinium")] {
            let bad = String(decoding: data, as: UTF8.self).replacing(old, with: new)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Network.self, from: Data(bad.utf8)) }
        }
    }

    @Test("are checked before the network is added")
    func problems() throws {
        #expect(try forum().problems().isEmpty)
        var bad = try forum(starts: "2026-12-09T10:00")
        bad.takingPart.phone = nil
        bad.announce = 99
        #expect(bad.problems().map(\.field) == ["starts", "announce", "takingPart"])
    }
}
