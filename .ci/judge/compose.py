"""Prints as JSON what the Compose Specification's own schema has against a file; with --names, its services."""

import json
import sys

import yaml
from jsonschema.validators import validator_for

schema_file, compose_file = sys.argv[1:3]
with open(schema_file, encoding="utf-8") as file:
    schema = json.load(file)
with open(compose_file, encoding="utf-8") as file:
    content = yaml.safe_load(file)

if "--names" in sys.argv:
    print(json.dumps(content["services"]))
else:
    errors = validator_for(schema)(schema).iter_errors(content)
    print(json.dumps([{"at": "/".join(map(str, one.path)), "message": one.message} for one in errors]))
