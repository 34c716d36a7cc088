"""What stands beside docker-compose.yml: its databases, its secrets, and the journeys played through it."""
