import CProgramPages
import Foundation
import Testing

@Suite("The pages of the program")
struct ProgramPagesTests {
    @Test("are let go of, and the program goes on as before")
    func areLetGoOf() throws {
        let before = try Self.pagesFromFiles()
        fortnight_let_go_of_program_pages()
        let after = try Self.pagesFromFiles()
        #expect(after < before / 2)
        #expect(Date(timeIntervalSince1970: 0).formatted(.iso8601) == "1970-01-01T00:00:00Z")
    }

    /// How many pages of files are mapped into this process.
    private static func pagesFromFiles() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(fields[2]))
    }
}
