"""The operations page in a real browser: axe finds nothing, and nothing scrolls sideways or is cut off, at the width of a phone,
of a small window and of a large one, in light and dark.

Usage: operations.py URL [FOLDER]; pictures are kept in FOLDER.
"""
import os
import sys

import axe_playwright_python
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

axe = open(os.path.join(os.path.dirname(axe_playwright_python.__file__), "axe.min.js")).read()
tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
options = Options()
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"):
    options.add_argument(argument)
browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
try:
    browser.get(sys.argv[1])
    assert len(browser.page_source.encode()) < 50_000, "the page is larger than 50 KB"
    for width in (320, 640, 1280):
        for scheme in ("light", "dark"):
            browser.execute_cdp_cmd(
                "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            browser.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": 1500, "deviceScaleFactor": 1, "mobile": width < 500})
            wide = browser.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, f"the page is {wide} pixels wide in a window of {width}"
            browser.execute_script(axe)
            found = browser.execute_async_script(
                "const done = arguments[arguments.length - 1];"
                "axe.run(document, {runOnly: arguments[0]}).then(result => done(result.violations.map("
                "rule => rule.id + ': ' + rule.nodes.map(node => node.html).join(' '))))", tags)
            assert not found, f"axe at {width} in {scheme}: {found}"
            if len(sys.argv) > 2:
                browser.save_screenshot(f"{sys.argv[2]}/{width}-{scheme}.png")
    print("6 views")
finally:
    browser.quit()
