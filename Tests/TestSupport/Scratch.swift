import Foundation

/// A new folder for one test, removed if the test succeeds and kept if it fails.
package func withScratchFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = try makeScratchFolder()
    let result = try body(path)
    try FileManager.default.removeItem(atPath: path)
    return result
}

/// As ``withScratchFolder(_:)``, for an asynchronous body.
package func withScratchFolder<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Result
) async throws -> Result {
    let path = try makeScratchFolder()
    let result = try await body(path)
    try FileManager.default.removeItem(atPath: path)
    return result
}

private func makeScratchFolder() throws -> String {
    let path = NSTemporaryDirectory() + "fortnight-test-" + UUID().uuidString.lowercased().prefix(8)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}
