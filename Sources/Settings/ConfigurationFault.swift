/// Every fault of a configuration, one line each: file, line and column, the key, the fault, and how to
/// mend it.
package struct ConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where a fault is.
    package enum Place: Hashable, Sendable, CustomStringConvertible {
        /// Line and column from 1, columns in Unicode scalars.
        case position(file: String, line: Int, column: Int)
        case file(String)
        /// An environment variable.
        case variable(String)

        package var description: String {
            switch self {
            case .position(let file, let line, let column): "\(file):\(line):\(column)"
            case .file(let file): file
            case .variable(let name): name
            }
        }
    }

    package struct Fault: Hashable, Sendable, CustomStringConvertible {
        package let place: Place
        /// The fault and the remedy, in plain English, without a line break.
        package let message: String

        package init(place: Place, message: String) { (self.place, self.message) = (place, message) }

        package var description: String { "\(place): \(message)" }
    }

    /// In the order of the file; never empty.
    package let all: [Fault]
    /// The absolute path of the state folder, where that much could be read: a daemon may run there all the same.
    package internal(set) var state: String?

    package init(_ all: [Fault]) { self.all = all }

    init(_ place: Place, _ message: String) { all = [Fault(place: place, message: message)] }

    package var description: String { all.map(\.description).joined(separator: "\n") }
}
