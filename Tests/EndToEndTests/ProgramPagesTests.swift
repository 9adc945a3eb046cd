import CProgramPages
import Foundation
import TestSupport
import Testing

@Suite("The pages of the program", .wholePrograms)
struct ProgramPagesTests {
    @Test("are released, and the program continues as before")
    func areLetGoOf() throws {
        let before = try Self.pagesFromFiles()
        fortnight_release_program_pages()
        let after = try Self.pagesFromFiles()
        #expect(after < before / 2)
        #expect(Date(timeIntervalSince1970: 0).formatted(.iso8601) == "1970-01-01T00:00:00Z")
    }

    /// The number of pages of files mapped into this process.
    private static func pagesFromFiles() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(fields[2]))
    }
}
