import Basics
import Bulletin
import Editing
import Foundation
import Planning
import Publishing
import Records
import Testing

@Suite("Arranging an issue")
struct ArrangeIssueTests {
    private let one = IssueNumber(1)
    private let now = NewsDesk.at("2026-11-21T09:00")

    private func arrange(_ desk: NewsDesk, _ number: Int = 1, at time: Date? = nil) -> ArrangeIssue {
        ArrangeIssue(desk.context, IssueNumber(number), at: time ?? now, by: "ann")
    }

    private func refusal(_ body: () throws -> ArrangedIssue) throws -> String {
        try #require(throws: UnfitDecision.self) { _ = try body() }.description
    }

    @Test("puts those named first, and goes back to the usual order; who did it is written down")
    func order() throws {
        try NewsDesk.with { desk in
            let first = try desk.queue("Apples")
            let second = try desk.queue("Pears")
            #expect(try arrange(desk).order([second.id]).row.items.map(\.id) == [second.id, first.id])
            try desk.look(at: NewsDesk.closes)
            #expect(try desk.issue()?.items.map(\.id) == [second.id, first.id])
            #expect(try arrange(desk, at: NewsDesk.closes + 1).order([]).row.items.map(\.id) == [first.id, second.id])
            let record = try desk.context.folder.decisions.all()
            #expect(record.map(\.kind) == [.arrange("order: \(second.id)"), .arrange("usual order")])
            #expect(record.map(\.by) == ["ann", "ann"])
        }
    }

    @Test("refuses an order of what is not in the issue, and says why it is not")
    func unfitOrder() throws {
        try NewsDesk.with { desk in
            let item = try desk.queue("Apples")
            let later = try desk.queue("Pears") { $0.from = LocalDate("2026-12-10") }
            let unknown = try #require(ItemID("zzzzzz"))
            let said1 = try refusal { try arrange(desk).order([item.id, item.id]) }
            #expect(said1.hasSuffix("name each item once"))
            let said2 = try refusal { try arrange(desk).order([later.id]) }
            #expect(
                said2
                    == "\(later.id) is not in issue 1: it may appear from Thursday 10 December 2026 only")
            let said3 = try refusal { try arrange(desk).order([unknown]) }
            #expect(
                said3
                    == "zzzzzz is not in issue 1, nor in the queue: see fortnight items")
            #expect(try desk.context.folder.plans.plan(one) == IssuePlan(), "nothing was written")
        }
    }

    @Test("pins what its days would keep out, and nothing that has begun by then")
    func pins() throws {
        try NewsDesk.with { desk in
            let later = try desk.queue("Pears") { $0.from = LocalDate("2026-12-10") }
            let begun = try desk.queue("Breakfast", starts: "2026-12-02T09:00")
            #expect(try arrange(desk).pin(later.id).row.items.map(\.id) == [later.id])
            let said4 = try refusal { try arrange(desk).pin(later.id) }
            #expect(said4 == "\(later.id) is pinned to issue 1 already")
            let said5 = try refusal { try arrange(desk).pin(begun.id) }
            #expect(
                said5
                    == "\(begun.id) cannot be in issue 1: it begins on Wednesday 2 December 2026 at 09:00, before issue 1 "
                    + "is sent")
            #expect(try arrange(desk).unpin(later.id).row.items == [])
            let said6 = try refusal { try arrange(desk).unpin(later.id) }
            #expect(said6 == "\(later.id) is not pinned to issue 1")
        }
    }

    @Test("writes an introduction that readers can read, and no other")
    func introduction() throws {
        try NewsDesk.with { desk in
            try desk.queue("Apples")
            #expect(try arrange(desk).introduce("Welcome to [us](https://example.org/).\r\n\n").row.introduction != nil)
            try desk.look(at: NewsDesk.closes)
            #expect(try desk.issue()?.introduction == "Welcome to [us](https://example.org/).")
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
                let fault = #expect(throws: Problems.self) { _ = try arrange(desk).introduce(text) }
                #expect(fault?.description == said, "\(text.prefix(20))")
            }
            #expect(try arrange(desk).introduce(nil).row.introduction == nil)
            let said7 = try refusal { try arrange(desk).introduce(nil) }
            #expect(said7 == "issue 1 has no introduction")
        }
    }

    @Test("is over once the first message was handed to the relay")
    func tooLate() throws {
        try NewsDesk.with { desk in
            let item = try desk.queue("Apples")
            try desk.look(at: NewsDesk.closes)
            _ = try BeginSending(desk.context)(one, at: NewsDesk.sends)
            let said =
                "issue 1 has gone out to some readers already, and cannot be changed: correct it with fortnight issue correct 1"
            let late = arrange(desk, at: NewsDesk.sends)
            let said8 = try refusal { try late.order([item.id]) }
            #expect(said8 == said)
            let said9 = try refusal { try late.pin(item.id) }
            #expect(said9 == said)
            let said10 = try refusal { try late.introduce("Too late") }
            #expect(said10 == said)
        }
    }
}
