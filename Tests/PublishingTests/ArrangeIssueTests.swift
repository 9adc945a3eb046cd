import Basics
import Bulletin
import BulletinSupport
import Editing
import Foundation
import Planning
import Publishing
import Records
import Testing

@Suite("Arranging an issue")
struct ArrangeIssueTests {
    private let one = IssueNumber(1)
    private let now = TestBulletin.at("2026-11-21T09:00")

    private func arrange(_ bulletin: TestBulletin, _ number: Int = 1, at time: Date? = nil) -> ArrangeIssue {
        ArrangeIssue(bulletin.context, IssueNumber(number), at: time ?? now, by: "ann")
    }

    private func refusal(_ body: () throws -> ArrangedIssue) throws -> String {
        try #require(throws: UnfitDecision.self) { _ = try body() }.description
    }

    @Test("puts those named first, and goes back to the usual order; who did it is written down")
    func order() throws {
        try TestBulletin.with { bulletin in
            let first = try bulletin.queue("Apples")
            let second = try bulletin.queue("Pears")
            #expect(try arrange(bulletin).order([second.id]).row.items.map(\.id) == [second.id, first.id])
            try bulletin.look(at: TestBulletin.closes)
            #expect(try bulletin.issue()?.items.map(\.id) == [second.id, first.id])
            #expect(
                try arrange(bulletin, at: TestBulletin.closes + 1).order([]).row.items.map(\.id) == [
                    first.id, second.id,
                ])
            let record = try bulletin.context.folder.decisions.all()
            #expect(record.map(\.kind) == [.arrange("order: \(second.id)"), .arrange("usual order")])
            #expect(record.map(\.by) == ["ann", "ann"])
        }
    }

    @Test("refuses an order of what is not in the issue, and says why it is not")
    func unfitOrder() throws {
        try TestBulletin.with { bulletin in
            let item = try bulletin.queue("Apples")
            let later = try bulletin.queue("Pears") { $0.from = LocalDate("2026-12-10") }
            let unknown = try #require(ItemID("zzzzzz"))
            let said1 = try refusal { try arrange(bulletin).order([item.id, item.id]) }
            #expect(said1.hasSuffix("name each item once"))
            let said2 = try refusal { try arrange(bulletin).order([later.id]) }
            #expect(
                said2
                    == "\(later.id) is not in issue 1: it may appear from Thursday 10 December 2026 only")
            let said3 = try refusal { try arrange(bulletin).order([unknown]) }
            #expect(
                said3
                    == "zzzzzz is not in issue 1, nor in the queue: see fortnight items")
            #expect(try bulletin.context.folder.plans.plan(one) == IssuePlan(), "nothing was written")
        }
    }

    @Test("pins what its days would keep out, and nothing that has begun by then")
    func pins() throws {
        try TestBulletin.with { bulletin in
            let later = try bulletin.queue("Pears") { $0.from = LocalDate("2026-12-10") }
            let begun = try bulletin.queue("Breakfast", starts: "2026-12-02T09:00")
            #expect(try arrange(bulletin).pin(later.id).row.items.map(\.id) == [later.id])
            let said4 = try refusal { try arrange(bulletin).pin(later.id) }
            #expect(said4 == "\(later.id) is pinned to issue 1 already")
            let said5 = try refusal { try arrange(bulletin).pin(begun.id) }
            #expect(
                said5
                    == "\(begun.id) cannot be in issue 1: it begins on Wednesday 2 December 2026 at 09:00, before issue 1 "
                    + "is sent")
            #expect(try arrange(bulletin).unpin(later.id).row.items == [])
            let said6 = try refusal { try arrange(bulletin).unpin(later.id) }
            #expect(said6 == "\(later.id) is not pinned to issue 1")
        }
    }

    @Test("writes an introduction that readers can read, and no other")
    func introduction() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Apples")
            #expect(
                try arrange(bulletin).introduce("Welcome to [us](https://example.org/).\r\n\n").row.introduction != nil)
            try bulletin.look(at: TestBulletin.closes)
            #expect(try bulletin.issue()?.introduction == "Welcome to [us](https://example.org/).")
            for (text, said) in [
                ("  \n", "introduction: is blank; write something, or remove it with --remove"),
                ("a\u{7}", "introduction: has a control character (U+0007) in line 1; take it out"),
                (
                    String(repeating: "a", count: 3001),
                    "introduction: has 3001 characters, and 3000 are the most; shorten it"
                ),
                (
                    "[here](/page)",
                    "introduction: /page is not a link that readers can follow; write it whole, as https://example.org/page"
                ),
                (
                    "[x](javascript:alert)",
                    "introduction: javascript:alert is not a link that readers can follow; write it whole, as "
                        + "https://example.org/page"
                ),
            ] {
                let fault = #expect(throws: Problems.self) { _ = try arrange(bulletin).introduce(text) }
                #expect(fault?.description == said, "\(text.prefix(20))")
            }
            #expect(try arrange(bulletin).introduce(nil).row.introduction == nil)
            let said7 = try refusal { try arrange(bulletin).introduce(nil) }
            #expect(said7 == "issue 1 has no introduction")
        }
    }

    @Test("is over once the first message was handed to the relay")
    func tooLate() throws {
        try TestBulletin.with { bulletin in
            let item = try bulletin.queue("Apples")
            try bulletin.look(at: TestBulletin.closes)
            _ = try BeginSending(bulletin.context)(one, at: TestBulletin.sends)
            let said =
                "issue 1 has gone out to some readers already, and cannot be changed: correct it with fortnight issue correct 1"
            let late = arrange(bulletin, at: TestBulletin.sends)
            let said8 = try refusal { try late.order([item.id]) }
            #expect(said8 == said)
            let said9 = try refusal { try late.pin(item.id) }
            #expect(said9 == said)
            let said10 = try refusal { try late.introduce("Too late") }
            #expect(said10 == said)
        }
    }
}
