import Bulletin
import Composition
import Foundation
import Testing

@Suite struct DoorTests {
    @Test func anIssueIsPrintedWhole() throws {
        let editions = try Sample.press().print(Sample.smallIssue(), zone: Sample.london)
        #expect(editions.subject == "Health and Social Care eBulletin 24: Wednesday 2 December 2026")
    }
}
