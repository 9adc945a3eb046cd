import Basics
import Bulletin
import Foundation
import Testing

@testable import Intake

/// A stopped clock and a zone to take items in with.
struct ItemIntake {
    var now: Date
    var zone: TimeZone

    init(_ now: String = "2026-11-25T09:00:00Z", zone: String = "Europe/London") throws {
        self.now = try #require(Date(rfc3339: now))
        self.zone = try #require(TimeZone(identifier: zone))
    }

    func take(_ text: String, as kind: Item.Kind? = nil) throws -> AcceptedItem {
        try take(ItemReader.read(Array(text.utf8)), as: kind)
    }

    func take(_ draft: ItemDraft, as kind: Item.Kind? = nil) throws -> AcceptedItem {
        let id = try #require(ItemID("abc234"))
        return try draft.item(id: id, uid: "u@example.org", kind: kind, now: now, by: "sam", defaultZone: zone)
    }

    /// What taking `text` in says, a line for each problem.
    func complaints(_ text: String, as kind: Item.Kind? = nil) -> [String] {
        do {
            return try take(text, as: kind).notes.map { "noted: \($0)" }
        } catch let problems as Problems {
            return problems.all.map(\.description)
        } catch {
            return ["unexpected: \(error)"]
        }
    }
}

/// An event with as little as an event needs, and `more` lines of front matter.
func event(_ more: String = "", title: String = "title: Lunch club", starts: String = "starts: +16d 13:30") -> String {
    "---\n\(title)\n\(starts)\ntakingPart: {phone: 0161 496 0456}\n\(more)\n---\nCome and eat.\n"
}
