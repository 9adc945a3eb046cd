import Basics
import Bulletin
import Foundation

@testable import Records

/// An item with every field set.
func sampleItem(_ id: ItemID, addedAt: Date = noon) -> Item {
    var item = Item(
        id: id, uid: "\(id)-1@example.org", kind: .meeting, title: "Spring meeting", timezone: "Europe/London",
        summary: "Come **early**.\n\nTea \"and\" cake: 50 % / £2", addedAt: addedAt, addedBy: "ann")
    item.sequence = 3
    item.network = "gm-co-production"
    item.starts = LocalDateTime("2027-03-04T13:30")
    item.ends = LocalDateTime("2027-03-04T15:00")
    item.place = Item.Place(name: "Friends' Meeting House", address: "6 Mount Street", access: "Step-free")
    item.online = Item.Online(url: "https://meet.example.org/a", dialIn: "0161 496 0123", id: "812 345")
    item.organiser = "GM Co-Production Network"
    item.takingPart = Item.TakingPart(
        phone: "0161 496 0456", text: "07700 900456", letter: "Freepost CO-PRODUCTION", email: "events@example.org",
        url: "https://example.org/book")
    item.support = "Travel costs paid"
    item.topics = ["health", "housing"]
    item.picture = Item.Picture(file: "table.jpg", alternative: "Six people", credit: "The network")
    item.from = LocalDate("2027-02-01")
    item.change = LocalDateTime("2027-03-04T09:00").map { .moved(from: $0, why: "The hall is let.") }
    item.until = LocalDate("2027-03-03")
    item.priority = -2
    item.repeat = .untilItHasHappened
    item.editedAt = addedAt + 60.5
    item.editedBy = "ben"
    item.source = "calendar.ics"
    return item
}

func sampleIssue(_ number: Int, _ items: [Item]) -> Issue {
    Issue(
        number: IssueNumber(number), slot: noon, sends: noon + 3600, closedAt: noon - 3600, introduction: "Hello.",
        items: items, leftOut: items.map { LeftOut(id: $0.id, title: $0.title, reason: "has begun") })
}

/// The id of a fictional person.
func person(_ number: Int) -> SubscriberID {
    var generator = SystemlessNumbers(state: UInt64(number))
    return SubscriberID(high: generator.next(), low: generator.next())
}

/// An audience of these people.
func audience(_ numbers: some Sequence<Int>, at time: Date = noon) -> Audience {
    Audience(time: time, fingerprints: numbers.map { person($0).high }.sorted())
}

private struct SystemlessNumbers {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        let mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        return mixed ^ (mixed >> 31)
    }
}
